import { type ModelVersion, SAVED_MODEL_FOLDER } from "../contracts/model-version.ts";
import { calibrate } from "../domain/calibration.ts";
import type { ServingGraph, ServingOutput } from "../engine/saved-model.ts";
import { SAVED_MODEL_FILE } from "../engine/session.ts";
import { openServingModel } from "../model/serving-model.ts";
import { batcher } from "../parallel/batcher.ts";
import { readVersionFile } from "../registry/versions.ts";
import type { Predicted, Square } from "./messages.ts";
import type { Prediction } from "./prediction.ts";
import { openStrangeness } from "./strangeness.ts";

const GRAPH = `${SAVED_MODEL_FOLDER}/${SAVED_MODEL_FILE}`;

/** A version's serving graph over squares of films, on this thread; squares that come together are computed together. */
export interface AnsweringModel {
  predict(square: Square): Promise<Predicted>;
  close(): void;
}

/**
 * Loads a version's serving graph and runs it once, so that the first film is not the slow one.
 * @param versionFolder the version's files; each is read once, and its hash is of the bytes that answer
 * @throws InputError `version-damaged`, and as openServingModel
 */
export async function openAnsweringModel(versionFolder: string, version: ModelVersion): Promise<AnsweringModel> {
  const { geometry, model } = version;
  const read = (path: string): Promise<Uint8Array> => readVersionFile(versionFolder, version, path);
  const graph = await openServingModel(await read(GRAPH), { model, size: geometry.size });
  const { features } = graph.run(new Uint8Array(graph.size ** 2), 1, { maps: true });
  const strangeness = await openStrangeness(versionFolder, version, features.length, read);
  const run = batcher((squares: readonly Square[]) => runGraph(graph, squares, version), {
    largest: graph.bestBatch,
    together: (a, b) => a.maps === b.maps,
  });
  return {
    async predict(square) {
      const { features, ...prediction } = await run(square);
      return { prediction, ...strangeness(features) };
    },
    close: () => graph.close(),
  };
}

/** A prediction with the pooled features that it came from. */
interface Seen extends Prediction {
  readonly features: Float32Array;
}

function runGraph(graph: ServingGraph, squares: readonly Square[], version: ModelVersion): Seen[] {
  const count = squares.length;
  const pixels = new Uint8Array(count * graph.size ** 2);
  squares.forEach((square, i) => {
    pixels.set(square.pixels, i * graph.size ** 2);
  });
  const output = graph.run(pixels, count, { maps: squares[0]!.maps });
  return squares.map((_, film) => predictionOf(output, film, version));
}

function predictionOf({ count, logits, features, maps }: ServingOutput, film: number, version: ModelVersion): Seen {
  const own = (values: Float32Array): Float32Array => {
    const length = values.length / count;
    return values.slice(film * length, (film + 1) * length);
  };
  return {
    features: own(features),
    logits: own(logits),
    probabilities: own(logits).map((logit, i) => calibrate(version.calibration[i]!, logit)),
    maps: maps && { rows: maps.rows, columns: maps.columns, values: own(maps.values) },
  };
}
