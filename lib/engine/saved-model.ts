import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../domain/errors.ts";
import { foreignOperations } from "./graph/serving-operations.ts";
import { openFolder, SAVED_MODEL_FILE, type Session, type SignatureNames } from "./session.ts";
import { tensorflow } from "./tensorflow.ts";

/** What a serving graph answers, all arrays row-major. */
export interface ServingOutput {
  readonly count: number;
  /** [count, 14]. */
  readonly logits: Float32Array;
  readonly probabilities: Float32Array;
  /** [count, channels of the last activation]. */
  readonly features: Float32Array;
  /** Grad-CAM, [count, 14, rows, columns]; null when not asked for. */
  readonly maps: { readonly rows: number; readonly columns: number; readonly values: Float32Array } | null;
}

/** A serving graph that is ready to run. Calls block their thread; close it when done. */
export interface ServingGraph {
  /** Side of the square film in pixels. */
  readonly size: number;
  /** TensorFlow, or our own kernels (lib/model/serving-model.ts). */
  readonly computedBy: "tensorflow" | "own kernels";
  /** Films of one call beyond which none gets cheaper; more only wait for each other. */
  readonly bestBatch: number;
  /** @param pixels count x size x size grey values */
  run(pixels: Uint8Array, count: number, options?: { readonly maps?: boolean }): ServingOutput;
  close(): void;
}

/**
 * Loads a folder with a `saved_model.pb` of lib/model/serving-graph.ts; whoever wrote the file, no other operations run.
 * @throws InputError `serving-graph` where there is none, it has other operations, or TensorFlow cannot load it
 */
export async function loadServingGraph(folder: string): Promise<ServingGraph> {
  await checkOperations(join(folder, SAVED_MODEL_FILE));
  const { size, names } = await readSignatures(folder);
  let session: Session;
  try {
    session = openFolder(folder, names);
  } catch (cause) {
    throw new InputError("serving-graph", `${folder}: TensorFlow cannot load this serving graph`, { cause });
  }
  return {
    size,
    computedBy: "tensorflow",
    bestBatch: 8,
    run(pixels, count, { maps = false } = {}) {
      checkPixels(pixels, count, size);
      const feeds = { pixels: { shape: [count, size, size], values: pixels } };
      const answer = session.run(maps ? "explain" : "serving_default", feeds);
      const [, , rows, columns] = answer.maps?.shape ?? [];
      return {
        count,
        logits: answer.logits!.values,
        probabilities: answer.probabilities!.values,
        features: answer.features!.values,
        maps: answer.maps === undefined ? null : { rows: rows!, columns: columns!, values: answer.maps.values },
      };
    },
    close: () => session.close(),
  };
}

/** @throws RangeError where these are not the pixels of so many films */
export function checkPixels(pixels: Uint8Array, count: number, size: number): void {
  if (pixels.length === count * size * size) return;
  throw new RangeError(`serving graph: ${pixels.length} grey values, expected ${count} x ${size} x ${size}`);
}

async function checkOperations(file: string): Promise<void> {
  const bytes = await readFile(file).catch((cause) => {
    throw new InputError("serving-graph", `${file}: can't be read, expected a serving graph`, { cause });
  });
  let foreign: string[];
  try {
    foreign = foreignOperations(bytes);
  } catch (cause) {
    throw new InputError("serving-graph", `${file}: not a serving graph`, { cause });
  }
  if (foreign.length === 0) return;
  const named = foreign.slice(0, 5).join(", ");
  throw new InputError(
    "serving-graph",
    `${file}: has operations that no serving graph of Hilum has (${named}); expected a version that Hilum published`,
  );
}

interface TensorInfo {
  readonly name: string;
  readonly shape: readonly { getSize(): number }[];
}

/** Signatures as the file has them, and the side of the film from the shape of `pixels`. */
async function readSignatures(folder: string): Promise<{ size: number; names: ReadonlyMap<string, SignatureNames> }> {
  const file = join(folder, SAVED_MODEL_FILE);
  try {
    const [graph] = await tensorflow().node.getMetaGraphsFromSavedModel(folder);
    const signatures = graph!.signatureDefs as unknown as Record<
      string,
      { inputs: Record<string, TensorInfo>; outputs: Record<string, TensorInfo> }
    >;
    const namesOf = (infos: Record<string, TensorInfo>) =>
      Object.fromEntries(Object.entries(infos).map(([name, info]) => [name, info.name]));
    const pixels = signatures.explain!.inputs.pixels!;
    return {
      size: pixels.shape[1]!.getSize(),
      names: new Map(
        Object.entries(signatures).map(([name, { inputs, outputs }]) => [
          name,
          { inputs: namesOf(inputs), outputs: namesOf(outputs) },
        ]),
      ),
    };
  } catch (cause) {
    throw new InputError("serving-graph", `${file}: not a serving graph with the signature explain`, { cause });
  }
}
