import { expect, test } from "vitest";
import type { Evaluation } from "../../../lib/contracts/evaluation.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { notLearned, observationStatuses } from "../../../lib/registry/observation-statuses.ts";
import { loadVersion, publishVersion } from "../../../lib/registry/versions.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { describeVersion } from "./description.ts";

/** Shares of positives in training, and films of an old version's evaluation, for the first four observations. */
const OLD = [
  { prevalence: 0, rows: 200, positives: 100, status: "not-learned" },
  { prevalence: 1, rows: 200, positives: 100, status: "not-learned" },
  { prevalence: null, rows: 200, positives: 100, status: "not-learned" },
  { prevalence: 0.01, rows: 200, positives: 29, status: "not-claimed" },
  { prevalence: 0.01, rows: 200, positives: 30, status: "learned" },
  { prevalence: 0.99, rows: 200, positives: 171, status: "not-claimed" },
] as const;
const REST = { prevalence: 0.2, rows: 200, positives: 60, status: "learned" } as const;
const of = (index: number) => OLD[index] ?? REST;

const { trainedOn } = describeVersion();
const old = { trainedOn: { ...trainedOn, prevalence: OBSERVATIONS.map((_, i) => of(i).prevalence) } };
const evaluation = {
  perObservation: Object.fromEntries(OBSERVATIONS.map((name, i) => [name, of(i)])),
} as unknown as Evaluation;

test("a version that doesn't keep them has them from its training films and its evaluation", () => {
  expect(observationStatuses(old, evaluation)).toEqual(OBSERVATIONS.map((_, i) => of(i).status));
});

test("why it did not learn an observation is told by the labels of its training films", () => {
  const why = notLearned(old, observationStatuses(old, evaluation));
  expect(Object.keys(why)).toEqual(OBSERVATIONS.slice(0, 3));
  expect(why["No Finding"]).toBe("every training film with a label of it was negative");
  expect(why["Enlarged Cardiomediastinum"]).toBe("every training film with a label of it was positive");
  expect(why.Cardiomegaly).toBe("no training film had a label of it");
});

test("of one that was never evaluated nothing is claimed", () => {
  expect(observationStatuses(old, null)).toEqual(
    OBSERVATIONS.map((_, i) => (of(i).status === "not-learned" ? "not-learned" : "not-claimed")),
  );
});

test("what a version keeps is what it says, and is part of what it is", async () => {
  const models = new MemoryStore("memory://statuses/models");
  const counts = { positives: 40, negatives: 40 };
  const observations = OBSERVATIONS.map((_, i) => ({
    ...{ trained: counts, tested: counts },
    status: i === 2 ? ("not-learned" as const) : ("learned" as const),
  }));
  const files = [{ path: "saved_model/saved_model.pb", bytes: Buffer.from("graph") }];
  const before = await publishVersion(models, describeVersion(), files);
  const kept = await publishVersion(models, describeVersion({ observations }), files);
  expect(kept.version).not.toBe(before.version);
  const loaded = await loadVersion(models, kept.version);
  expect(observationStatuses(loaded, null)).toEqual(observations.map(({ status }) => status));
  expect((await loadVersion(models, before.version)).observations).toBeUndefined();
});
