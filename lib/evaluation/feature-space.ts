import type { PartPositions } from "../data/rows.ts";
import { type FeatureSpace, fitFeatureSpace, novelty, noveltyLimit } from "../domain/feature-space.ts";
import { random, shuffle } from "../domain/random.ts";
import { type Predicting, runBatches } from "./predict.ts";

/** Films of a part that are looked at; more change the figures little and cost time. */
const MOST_FILMS = 2000;

export interface FittedFeatureSpace {
  readonly space: FeatureSpace;
  /** Distance that one in a hundred tuning films passes, or fewer. */
  readonly threshold: number;
  readonly trainingFilms: number;
  readonly tuningFilms: number;
  /** Test films that were looked at, and how many lie beyond the threshold. */
  readonly falseAlarms: { readonly films: number; readonly beyond: number };
}

/** Films that fitOutOfDistribution will look at, for progress. */
export const filmsToFit = ({ train, tuning, test }: PartPositions): number =>
  [train, tuning, test].reduce((sum, part) => sum + Math.min(part.length, MOST_FILMS), 0);

/**
 * Where the graph's features of the training films lie, how far from there those of tuning patients do, and how many of
 * the test patients', who set nothing, lie beyond the threshold that gives.
 * @returns null where there are too few tuning films to set a threshold
 */
export async function fitOutOfDistribution(
  split: PartPositions,
  seed: number,
  using: Predicting,
): Promise<FittedFeatureSpace | null> {
  const some = (part: "train" | "tuning" | "test") =>
    shuffle(split[part].slice(), random(seed, "features", part))
      .subarray(0, MOST_FILMS)
      .sort();
  const train = await featuresOf(some("train"), using);
  const tuning = await featuresOf(some("tuning"), using);
  const test = await featuresOf(some("test"), using);
  const space = fitFeatureSpace(train);
  const threshold = space && noveltyLimit(tuning.map((features) => novelty(space, features)));
  if (space === null || threshold === null) return null;
  const beyond = test.filter((features) => novelty(space, features) > threshold).length;
  return {
    ...{ space, threshold, trainingFilms: train.length, tuningFilms: tuning.length },
    falseAlarms: { films: test.length, beyond },
  };
}

async function featuresOf(positions: Uint32Array, using: Predicting): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for await (const { count, features } of runBatches(positions, using)) {
    const length = features.length / count;
    for (let film = 0; film < count; film += 1) found.push(features.slice(film * length, (film + 1) * length));
  }
  return found;
}
