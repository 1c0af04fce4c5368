import { expect, test } from "vitest";
import { aurocOf } from "../../../lib/domain/metrics/auroc.ts";
import { rank } from "../../../lib/domain/metrics/ranking.ts";
import { OBSERVATION_COUNT, observationIndex } from "../../../lib/domain/observations.ts";
import type { Part } from "../../../lib/domain/parts.ts";
import { random } from "../../../lib/domain/random.ts";
import { aurocGains, sameFilms } from "../../../lib/domain/tested-films.ts";
import type { PredictionTable } from "../../../lib/evaluation/prediction-table.ts";
import { predictionsCsv } from "../../../lib/evaluation/predictions-csv.ts";
import { readTestedFilms } from "../../../lib/evaluation/tested-films.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";

const FILMS = 200;
const EDEMA = observationIndex("Edema");
const FRACTURE = observationIndex("Fracture");
const next = random(7, "tested-films");
const labels = Array.from({ length: FILMS * OBSERVATION_COUNT }, () => Number(next() < 0.4));

/** @param noise 0 for a model that knows */
function table(part: Part, noise: number, films: readonly number[]): PredictionTable {
  const cells = films.flatMap((film) => Array.from({ length: OBSERVATION_COUNT }, (_, k) => [film, k] as const));
  return {
    part,
    count: films.length,
    paths: films.map((film) => `${film}.png`),
    patientIds: films.map((film) => String(film >> 1)),
    subjects: films.map(() => ({ source: "own", sex: "Male", age: 50, projection: "PA" })),
    ...{ patients: new Uint32Array(0), studies: new Uint32Array(0), logits: new Float64Array(0) },
    labels: Float32Array.from(cells, ([film, k]) => labels[film * OBSERVATION_COUNT + k]!),
    // "Fracture" was not learned.
    probabilities: Float64Array.from(cells, ([film, k]) =>
      k === FRACTURE ? Number.NaN : (1 - noise) * labels[film * OBSERVATION_COUNT + k]! * 0.5 + 0.5 * next(),
    ),
  };
}

const all = Array.from({ length: FILMS }, (_, film) => film);

async function tested(...tables: PredictionTable[]) {
  const runs = new MemoryStore("memory://tested/runs");
  await runs.put("one/predictions.csv", Buffer.from(predictionsCsv(tables)));
  return (await readTestedFilms(runs, "one/predictions.csv"))!;
}

test("the test part of a run's predictions.csv, whatever the order of its films; null where there is no such file", async () => {
  const read = await tested(table("tuning", 0, all.slice(100)), table("test", 0.5, all.slice(0, 100)));
  const turned = await tested(table("test", 0.5, all.slice(0, 100).reverse()));
  expect(read.films).toHaveLength(100);
  expect(read.labels).toEqual(turned.labels);
  expect(sameFilms(read, turned)).toBe(true);
  expect(sameFilms(read, await tested(table("test", 0.5, all.slice(0, 99))))).toBe(false);
  expect(await readTestedFilms(new MemoryStore("memory://none/runs"), "one/predictions.csv")).toBeNull();
});

test("the gain in AUROC is the difference on the same films, and turns its sign with the runs", async () => {
  const [good, poor] = [await tested(table("test", 0.4, all)), await tested(table("test", 0.9, all))];
  const [ahead, behind] = [aurocGains(good, poor), aurocGains(poor, good)];
  const auroc = ({ probabilities }: typeof good) => {
    const of = (values: ArrayLike<number>) =>
      Float64Array.from({ length: FILMS }, (_, row) => values[row * OBSERVATION_COUNT + EDEMA]!);
    return aurocOf(rank(of(probabilities), of(good.labels)))!;
  };
  const { value, interval } = ahead[EDEMA]!;
  expect(value).toBeCloseTo(auroc(good) - auroc(poor), 10);
  expect(interval[0]).toBeGreaterThan(0);
  expect(interval[1]).toBeGreaterThan(value);
  expect(behind[EDEMA]).toEqual({ value: -value, interval: [-interval[1], -interval[0]] });
  expect(ahead[FRACTURE]).toBeNull();
});

test("under other labels there is no gain", async () => {
  const one = await tested(table("test", 0.4, all));
  const other = { ...one, labels: one.labels.map((label, i) => (i === EDEMA ? 1 - label : label)) };
  const gains = aurocGains(one, other);
  expect(gains[EDEMA]).toBeNull();
  expect(gains[EDEMA + 1]).toMatchObject({ value: 0 });
});
