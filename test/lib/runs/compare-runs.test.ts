import fc from "fast-check";
import { expect, test } from "vitest";
import { claimsOf } from "../../../lib/domain/observation-status.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { cautionOf, DEMO } from "../../../lib/domain/provenance.ts";
import type { TestedFilms } from "../../../lib/domain/tested-films.ts";
import { compareRuns, differences } from "../../../lib/runs/compare-runs.ts";
import { listRuns } from "../../../lib/runs/list-runs.ts";
import { type RunView, readRun } from "../../../lib/runs/read-run.ts";
import { openStore } from "../../../lib/store/open.ts";
import { evaluation } from "../../functions/api/evaluation.ts";
import { storedRun } from "./stored-run.ts";

test("settings that differ, by their path", async () => {
  const runs = openStore(`memory://compare-${Math.random()}`);
  await storedRun(runs, "a-1").request({ learningRate: 0.01, seeds: [1] });
  await storedRun(runs, "b-1").request({ learningRate: 0.02, seeds: [1, 2] });
  const views = [await readRun(runs, "a-1"), await readRun(runs, "b-1")];
  const { config, sameData, figures, caveats, gains } = compareRuns(views);
  expect({ caveats, gains }).toEqual({ caveats: [], gains: [] });
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

test("why figures don't compare: other test films, another policy, other observations in the mean; and gains where they do", async () => {
  const runs = openStore(`memory://compare-${Math.random()}`);
  await storedRun(runs, "a-1").request();
  const view = await readRun(runs, "a-1");
  const figures = { ...evaluation, model: "0123456789abcdef", claims: claimsOf(evaluation.perObservation) };
  const perObservation = Object.fromEntries(
    OBSERVATIONS.map((name) => [name, { ...evaluation.perObservation[name], mayClaim: name !== "Edema" }]),
  ) as unknown as NonNullable<RunView["figures"]>["perObservation"];
  const one: RunView = { ...view, figures: { ...figures, perObservation } };
  const policy = { ...view.config.policy, uncertain: "zeros" as const };
  const other: RunView = {
    ...one,
    config: { ...view.config, policy },
    figures: {
      ...one.figures!,
      perObservation: { ...perObservation, Edema: { ...perObservation.Edema, auroc: null } },
    },
  };
  const films = (...names: string[]): TestedFilms => ({
    films: names,
    patients: names,
    labels: Float64Array.from({ length: 14 * names.length }, (_, i) => Math.floor(i / 14) % 2),
    probabilities: Float64Array.from({ length: 14 * names.length }, (_, i) => (i % 97) / 97),
  });
  const six = films("1", "2", "3", "4", "5", "6");
  const apart = compareRuns([one, other], [six, films("1", "2", "7", "8", "9")]);
  expect(apart.caveats.map((caveat) => caveat.split(":")[0])).toEqual([
    "The runs were tested on different films",
    "The runs have different label policies",
    "The means are over different observations",
  ]);
  expect(apart.gains).toEqual([]);
  const together = compareRuns([one, one], [six, six]);
  expect(together.caveats).toEqual([]);
  expect(together.gains[0]).toMatchObject({ figure: "No Finding", values: [null, { value: 0 }] });
  expect(together.figures.find(({ figure }) => figure === "Edema")?.values[0]).toMatchObject({ mayClaim: false });
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
