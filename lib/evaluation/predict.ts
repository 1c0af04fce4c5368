import { OBSERVATION_COUNT } from "../domain/observations.ts";
import type { ServingGraph } from "../engine/saved-model.ts";
import type { PreparedFilms } from "../training/film-source.ts";
import { readAhead } from "../training/read-ahead.ts";

export interface Predicting {
  readonly graph: ServingGraph;
  readonly films: PreparedFilms;
  readonly batchSize: number;
  readonly signal: AbortSignal;
  /** Told after each batch how many films it had. */
  readonly onFilms: (films: number) => void;
}

/** The graph's raw probabilities and the labels of the films at `positions`, count x 14 each. */
export async function predict(
  positions: Uint32Array,
  { graph, films, batchSize, signal, onFilms }: Predicting,
): Promise<{ probabilities: Float64Array; labels: Float32Array }> {
  const probabilities = new Float64Array(positions.length * OBSERVATION_COUNT);
  const labels = new Float32Array(positions.length * OBSERVATION_COUNT);
  let offset = 0;
  for await (const { value: batch } of readAhead(batches(films, positions, batchSize))) {
    signal.throwIfAborted();
    probabilities.set(graph.run(batch.pixels, batch.count).probabilities, offset);
    labels.set(batch.targets, offset);
    offset += batch.count * OBSERVATION_COUNT;
    onFilms(batch.count);
  }
  return { probabilities, labels };
}

/** Grad-CAM of all observations for one film, 14 x rows x columns. */
export interface FilmMaps {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** The graph's heat maps of the films at `positions`, by position. */
export async function explain(
  positions: Uint32Array,
  { graph, films, batchSize, signal, onFilms }: Predicting,
): Promise<Map<number, FilmMaps>> {
  const found = new Map<number, FilmMaps>();
  let done = 0;
  for await (const { value: batch } of readAhead(batches(films, positions, batchSize))) {
    signal.throwIfAborted();
    const { rows, columns, values } = graph.run(batch.pixels, batch.count, { maps: true }).maps!;
    const length = OBSERVATION_COUNT * rows * columns;
    for (let i = 0; i < batch.count; i += 1) {
      found.set(positions[done + i]!, { rows, columns, values: values.slice(i * length, (i + 1) * length) });
    }
    done += batch.count;
    onFilms(batch.count);
  }
  return found;
}

function* batches(films: PreparedFilms, positions: Uint32Array, batchSize: number) {
  for (let start = 0; start < positions.length; start += batchSize) {
    yield () => films.batch(positions.subarray(start, start + batchSize));
  }
}

/** The map of one observation, rows x columns. */
export const mapOf = ({ rows, columns, values }: FilmMaps, observation: number): FilmMaps => ({
  rows,
  columns,
  values: values.subarray(observation * rows * columns, (observation + 1) * rows * columns),
});
