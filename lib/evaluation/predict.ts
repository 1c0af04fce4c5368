import { chunks } from "../domain/chunks.ts";
import type { Fit, Rectangle } from "../domain/geometry.ts";
import { sigmoid } from "../domain/logistic.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import type { ServingGraph, ServingOutput } from "../engine/saved-model.ts";
import { readAhead } from "../parallel/read-ahead.ts";
import type { PreparedFilms } from "../training/film-source.ts";

export interface Predicting {
  readonly graph: ServingGraph;
  readonly films: PreparedFilms;
  readonly batchSize: number;
  readonly signal: AbortSignal;
  /** Told after each batch how many films it had. */
  readonly onFilms: (films: number) => void;
}

interface Ran extends ServingOutput {
  /** count x 14 */
  readonly targets: Float32Array;
}

/** What the graph answers for the films at `positions`, batch by batch; the next one is read meanwhile. */
export async function* runBatches(
  positions: Uint32Array,
  { graph, films, batchSize, signal, onFilms }: Predicting,
  options: { readonly maps?: boolean } = {},
): AsyncGenerator<Ran> {
  for await (const batch of readAhead(chunks(positions, batchSize), 1, (rows) => films.batch(rows))) {
    signal.throwIfAborted();
    yield { ...graph.run(batch.pixels, batch.count, options), targets: batch.targets };
    onFilms(batch.count);
  }
}

/** The graph's logits, their probabilities and the labels of the films at `positions`, count x 14 each. */
export async function predict(
  positions: Uint32Array,
  using: Predicting,
): Promise<{ logits: Float64Array; probabilities: Float64Array; labels: Float32Array }> {
  const logits = new Float64Array(positions.length * OBSERVATION_COUNT);
  const labels = new Float32Array(positions.length * OBSERVATION_COUNT);
  let offset = 0;
  for await (const batch of runBatches(positions, using)) {
    logits.set(batch.logits, offset);
    labels.set(batch.targets, offset);
    offset += batch.count * OBSERVATION_COUNT;
  }
  return { logits, probabilities: logits.map(sigmoid), labels };
}

/** Grad-CAM of all observations for one film, 14 x rows x columns. */
export interface FilmMaps {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** The graph's heat maps of the films at `positions`, by position. */
export async function explain(positions: Uint32Array, using: Predicting): Promise<Map<number, FilmMaps>> {
  const found = new Map<number, FilmMaps>();
  let done = 0;
  for await (const { count, maps } of runBatches(positions, using, { maps: true })) {
    const { rows, columns, values } = maps!;
    const length = OBSERVATION_COUNT * rows * columns;
    for (let i = 0; i < count; i += 1) {
      found.set(positions[done + i]!, { rows, columns, values: values.slice(i * length, (i + 1) * length) });
    }
    done += count;
  }
  return found;
}

/** The map of one observation, rows x columns. */
export const mapOf = ({ rows, columns, values }: FilmMaps, observation: number): FilmMaps => ({
  rows,
  columns,
  values: values.subarray(observation * rows * columns, (observation + 1) * rows * columns),
});

/** How a grid lies on a film: the cells' rectangle on the network's square, and the film's place in that square. */
export interface GridPlace {
  /** See lib/model/cell-area.ts. */
  readonly cells: Rectangle;
  readonly fit: Fit;
}
