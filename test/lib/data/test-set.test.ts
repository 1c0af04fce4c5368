import { describe, expect, it } from "vitest";
import { testSetKey } from "../../../lib/contracts/layout.ts";
import { RunRequest } from "../../../lib/contracts/run.ts";
import type { TestSet } from "../../../lib/contracts/test-set.ts";
import { keptSalt } from "../../../lib/data/salt.ts";
import { findTestSet, makeTestSet, pinTestSet } from "../../../lib/data/test-set.ts";
import { sha256 } from "../../../lib/domain/sha256.ts";
import { encodeDocument } from "../../../lib/store/documents.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";

const request = RunRequest.parse({
  schema: "hilum.request/1",
  run: "a-run",
  data: "file:///films",
  csv: ["train.csv"],
  fingerprint: "0".repeat(64),
  config: { name: "a", model: { network: "densenet-mini" } },
  createdAt: "2026-01-01T00:00:00.000Z",
});
const present = new Set(["p1", "p2", "p3", "p4"]);

/** What two runs at once are told. */
const atOnce = <T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T[]> => Promise.all([first(), second()]);

describe("the pinned test set of a folder", () => {
  it("is one for runs at the same time, also where a set of other films stood there before", async () => {
    for (const stale of [[], ["gone"]]) {
      const datasets = new MemoryStore("memory://pin");
      if (stale.length > 0) await pinTestSet(datasets, request, makeTestSet(stale), new Set(stale));
      const pin = (patients: string[]) => () => pinTestSet(datasets, request, makeTestSet(patients), present);
      const [one, other] = await atOnce(pin(["p1", "p2"]), pin(["p3", "p4"]));
      expect(one).toEqual(other);
      expect(await findTestSet(datasets, request, present)).toEqual(one);
    }
  });

  it("goes along with a source that is moved into a folder of its own, and takes nobody else with it", async () => {
    const datasets = new MemoryStore("memory://moved");
    const alone = ["nih\n1", "nih\n2"];
    await pinTestSet(datasets, request, makeTestSet(alone), new Set([...alone, "nih\n3"]));
    const beside = new Set(["all/nih\n1", "all/nih\n2", "all/nih\n3", "other/chexpert\n1"]);
    const found = await findTestSet(datasets, request, beside);
    expect(found?.patients.toSorted()).toEqual(["all/nih\n1", "all/nih\n2"]);
    expect((await pinTestSet(datasets, request, makeTestSet(["other/chexpert\n1"]), beside)).patients).toEqual(
      found?.patients,
    );
    // Number 1 of another source of the same name is nobody's double while the pinned one is there.
    const twice = new Set([...alone, "b/nih\n1"]);
    expect((await findTestSet(datasets, request, twice))?.patients.toSorted()).toEqual(alone);
  });

  it("of the first edition, with its films by path, counts by its patients", async () => {
    const datasets = new MemoryStore("memory://first-edition");
    const version = "0123456789abcdef";
    const first = { schema: "hilum.test-set/1", version, patients: ["p1"], films: ["a.png"] };
    await datasets.put(testSetKey(sha256(request.data).slice(0, 32)), encodeDocument(first));
    const found: TestSet | undefined = await findTestSet(datasets, request, present);
    expect(found).toEqual({ schema: "hilum.test-set/2", version, patients: ["p1"] });
  });
});

it("the salt of a split is one for runs at the same time, also where the kept one is of no use", async () => {
  const datasets = new MemoryStore("memory://salt");
  await keptSalt(datasets, request, { choose: () => "useless", isUsable: () => true });
  const choose = (salt: string) => () =>
    keptSalt(datasets, request, { choose: () => salt, isUsable: (kept) => kept !== "useless" });
  const [one, other] = await atOnce(choose("a"), choose("b"));
  expect(one).toBe(other);
  expect(await keptSalt(datasets, request, { choose: () => "c", isUsable: () => true })).toBe(one);
});
