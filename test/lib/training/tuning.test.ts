import { expect, test } from "vitest";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../../lib/domain/observations.ts";
import type { TrainingSession } from "../../../lib/model/session.ts";
import { filmSource } from "../../../lib/training/film-source.ts";
import { evaluateTuning } from "../../../lib/training/tuning.ts";
import { noisyFilms } from "./films.ts";

const FILMS = 40;
/** Positive films of the first observations; of the rest every other film is. */
const POSITIVES = [9, 10, FILMS - 10, FILMS - 9, 0];

test("an observation with few films of a class has an AUROC of its own, and no part in the mean", async () => {
  const films = noisyFilms();
  for (let film = 0; film < FILMS; film += 1) {
    for (let o = 0; o < OBSERVATION_COUNT; o += 1) {
      const positives = POSITIVES[o];
      const isPositive = positives === undefined ? film % 2 === 0 : film < positives;
      films.targets[film * OBSERVATION_COUNT + o] = Number(isPositive);
    }
  }
  // All observations alike: the later a film, the likelier; the first are the positive ones.
  const infer = async (_: Float32Array, count: number) =>
    Float32Array.from({ length: count * OBSERVATION_COUNT }, (_, i) => Math.floor(i / OBSERVATION_COUNT));
  const result = await evaluateTuning({
    ...{
      films: filmSource(films),
      positions: Uint32Array.from({ length: FILMS }, (_, film) => film),
      batchSize: FILMS,
    },
    ...{ session: { infer } as unknown as TrainingSession, leastOfEachClass: 10 },
    signal: new AbortController().signal,
  });
  expect(result.auroc.slice(0, POSITIVES.length)).toEqual([0, 0, 0, 0, null]);
  expect(result.meanOver).toEqual(OBSERVATIONS.filter((_, o) => ![0, 3, 4].includes(o)));
  // Two of no use and nine of chance, by an order that alternates.
  const byChance = result.auroc.at(-1)!;
  expect(result.meanAuroc).toBeCloseTo((9 * byChance) / 11, 12);
});
