import { chunks } from "../domain/chunks.ts";
import { auroc } from "../domain/metrics/auroc.ts";
import { meanDefined } from "../domain/metrics/mean.ts";
import { forEachObservation, OBSERVATION_COUNT, OBSERVATIONS, type Observation } from "../domain/observations.ts";
import type { TrainingSession } from "../model/session.ts";
import { readAhead } from "../parallel/read-ahead.ts";
import type { FilmSource } from "./film-source.ts";
import { maskedCrossEntropy } from "./masked-loss.ts";

/** How a network does on the tuning part; null where nothing there has a label. */
export interface TuningResult {
  readonly loss: number | null;
  /** By observation; null where one class is missing. */
  readonly auroc: readonly (number | null)[];
  /** Over the observations with films enough of both classes; null where there is none. */
  readonly meanAuroc: number | null;
  /** Those observations, the same in every epoch. */
  readonly meanOver: readonly Observation[];
}

export interface TuningOptions {
  readonly session: TrainingSession;
  readonly films: FilmSource;
  readonly positions: Uint32Array;
  readonly batchSize: number;
  /** Films of each class that an observation needs to count in the mean: of fewer, the mean follows chance. */
  readonly leastOfEachClass: number;
  readonly signal: AbortSignal;
}

/** Loss and AUROC of the session's network over the films at `positions`. A logit that is not finite shows in the loss. */
export async function evaluateTuning({ positions, ...options }: TuningOptions): Promise<TuningResult> {
  const { session, films, batchSize, leastOfEachClass, signal } = options;
  const logits = new Float32Array(positions.length * OBSERVATION_COUNT);
  const targets = new Float32Array(positions.length * OBSERVATION_COUNT);
  let offset = 0;
  for await (const batch of readAhead(chunks(positions, batchSize), 1, (rows) => films.batch(rows))) {
    signal.throwIfAborted();
    logits.set(await session.infer(batch.input, batch.count), offset);
    targets.set(batch.targets, offset);
    offset += batch.count * OBSERVATION_COUNT;
  }
  const { sum, count } = maskedCrossEntropy(logits, targets);
  const loss = count > 0 ? sum / count : null;
  const labels = forEachObservation((_, o) => column(targets, o));
  const perObservation = forEachObservation((_, o) =>
    Number.isFinite(loss) ? auroc(column(logits, o), labels[o]!) : null,
  );
  const enough = labels.map((of) => isEnough(of, leastOfEachClass));
  return {
    loss,
    auroc: perObservation,
    meanAuroc: meanDefined(perObservation.filter((_, o) => enough[o])),
    meanOver: OBSERVATIONS.filter((_, o) => enough[o]),
  };
}

/** Targets between the classes, as a policy may have them, are neither. */
const isEnough = (targets: Float32Array, least: number): boolean =>
  [0, 1].every((value) => targets.reduce((count, target) => count + Number(target === value), 0) >= least);

const column = (matrix: Float32Array, index: number): Float32Array =>
  Float32Array.from(
    { length: matrix.length / OBSERVATION_COUNT },
    (_, row) => matrix[row * OBSERVATION_COUNT + index]!,
  );
