import fc from "fast-check";
import { expect, test } from "vitest";
import { cautionOf, DEMO } from "../../../lib/domain/provenance.ts";
import { compareRuns, differences } from "../../../lib/runs/compare-runs.ts";
import { listRuns } from "../../../lib/runs/list-runs.ts";
import { readRun } from "../../../lib/runs/read-run.ts";
import { openStore } from "../../../lib/store/open.ts";
import { storedRun } from "./stored-run.ts";

test("settings that differ, by their path", async () => {
  const runs = openStore(`memory://compare-${Math.random()}`);
  await storedRun(runs, "a-1").request({ learningRate: 0.01, seeds: [1] });
  await storedRun(runs, "b-1").request({ learningRate: 0.02, seeds: [1, 2] });
  const { config, sameData, figures } = compareRuns([await readRun(runs, "a-1"), await readRun(runs, "b-1")]);
  expect(config).toEqual([
    { setting: "training.learningRate", values: [0.01, 0.02] },
    { setting: "training.seeds", values: [[1], [1, 2]] },
  ]);
  expect(sameData).toBe(true);
  expect(figures[0]).toEqual({ figure: "mean AUROC", values: [null, null] });
});

test("what to say beside the figures of a run of drawings, in the comparison and in the list", async () => {
  const runs = openStore(`memory://compare-${Math.random()}`);
  await storedRun(runs, "demo-1").request({}, DEMO);
  await storedRun(runs, "b-1").request();
  const views = [await readRun(runs, "b-1"), await readRun(runs, "demo-1")];
  const caution = cautionOf({ name: DEMO })!;
  expect(compareRuns(views).cautions).toEqual([{ runs: ["demo-1"], caution }]);
  expect(compareRuns(views.slice(0, 1)).cautions).toEqual([]);
  const { runs: listed } = await listRuns(runs);
  expect(Object.fromEntries(listed.map((one) => [one.run, one.caution]))).toEqual({ "demo-1": caution, "b-1": null });
});

test("a field that one lacks, and one that is a name here and a tree there", () => {
  expect(differences([{ a: { b: 1 } }, { a: {} }, { a: { b: 1 } }])).toEqual([
    { setting: "a.b", values: [1, null, 1] },
  ]);
  expect(differences([{ a: "none" }, { a: { b: 1 } }])).toEqual([{ setting: "a", values: ["none", { b: 1 }] }]);
});

const trees = fc.letrec((tie) => ({
  tree: fc.dictionary(fc.constantFrom("a", "b", "c"), fc.oneof(fc.integer(), fc.array(fc.integer()), tie("tree")), {
    maxKeys: 3,
  }),
})).tree as fc.Arbitrary<Record<string, unknown>>;

const at = (tree: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((inner, field) => (inner as Record<string, unknown> | undefined)?.[field], tree);

test("a tree has no difference from itself, and every difference is one", () => {
  fc.assert(
    fc.property(trees, trees, (a, b) => {
      expect(differences([a, structuredClone(a)])).toEqual([]);
      const found = differences([a, b]);
      expect(found.length > 0).toBe(JSON.stringify(sorted(a)) !== JSON.stringify(sorted(b)));
      for (const { setting, values } of found) {
        expect(values).toEqual([at(a, setting) ?? null, at(b, setting) ?? null]);
      }
    }),
  );
});

const sorted = (value: unknown): unknown =>
  typeof value !== "object" || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([field, inner]) => [field, sorted(inner)]),
      );
