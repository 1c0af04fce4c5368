import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InputError } from "../domain/errors.ts";
import type { Graph, Signature } from "./graph/graph.ts";
import { tensorName } from "./graph/graph.ts";
import { SERVE_TAG, savedModelBytes } from "./graph/saved-model-bytes.ts";
import { binding, isLoaded } from "./tensorflow.ts";

/** The graph's file in the folder of a SavedModel. */
export const SAVED_MODEL_FILE = "saved_model.pb";

/** Values that go into a graph; the array's kind is the element type. */
export interface Feed {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

export interface Fetched {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A signature by its names: what a caller calls a tensor, and what the graph calls it. */
export interface SignatureNames {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * A graph that TensorFlow has loaded, with its variables. Typed arrays go in and come out through the addon itself, so
 * that no tensor of tfjs exists that could be left over, and uint8 stays uint8. A call blocks its thread.
 */
export class Session {
  private readonly id: number;
  private readonly signatures: ReadonlyMap<string, SignatureNames>;
  private open = true;

  constructor(id: number, signatures: ReadonlyMap<string, SignatureNames>) {
    this.id = id;
    this.signatures = signatures;
  }

  /** @param outputs names of the signature's outputs to fetch; all of them when left out */
  run(signature: string, feeds: Readonly<Record<string, Feed>>, outputs?: readonly string[]): Record<string, Fetched> {
    const names = this.signatures.get(signature);
    if (!this.open || names === undefined) throw new Error(`session: no signature ${signature}, or it is closed`);
    const fetches = outputs ?? Object.keys(names.outputs);
    const native = binding();
    const owned: number[] = [];
    try {
      const inputNames = Object.keys(names.inputs);
      for (const name of inputNames) owned.push(createTensor(feeds[name], name));
      const results = withoutMemoryErrors(() =>
        native.runSavedModel(
          this.id,
          [...owned],
          inputNames.map((name) => names.inputs[name]).join(","),
          fetches.map((name) => names.outputs[name]).join(","),
        ),
      );
      owned.push(...results.map((result) => result.id));
      return Object.fromEntries(
        results.map((result, i) => [
          fetches[i]!,
          { shape: result.shape, values: native.tensorDataSync(result.id) as Float32Array },
        ]),
      );
    } finally {
      for (const id of owned) native.deleteTensor(id);
    }
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    binding().deleteSavedModel(this.id);
  }
}

/** How TensorFlow tells that an allocator has no more: on a GPU, and on a CPU where the system refuses. */
const NO_MEMORY = /\bOOM\b|RESOURCE_EXHAUSTED|out of memory|failed to allocate|bad_alloc/i;

/** @throws InputError `no-memory` where the device has none left for a call */
function withoutMemoryErrors<T>(call: () => T): T {
  try {
    return call();
  } catch (cause) {
    if (!NO_MEMORY.test((cause as Error).message)) throw cause;
    const [first = ""] = (cause as Error).message.split("\n");
    const expected = "expected room for a whole batch: lower training.batchSize or geometry.size";
    throw new InputError("no-memory", `out of memory on the device, ${expected} (TensorFlow: ${first})`, { cause });
  }
}

/** Loads a graph that was written here. */
export function openGraph(graph: Graph): Session {
  const folder = mkdtempSync(join(tmpdir(), "hilum-graph-"));
  try {
    writeFileSync(join(folder, SAVED_MODEL_FILE), savedModelBytes(graph));
    return openFolder(folder, new Map([...graph.signatures].map(([name, signature]) => [name, namesOf(signature)])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Loads the SavedModel in a folder, whose signatures are known. */
export const openFolder = (folder: string, signatures: ReadonlyMap<string, SignatureNames>): Session =>
  new Session(binding().loadSavedModel(folder, SERVE_TAG), signatures);

/** Tensors that live in TensorFlow's hands at the moment; the same before and after a call. */
export const liveTensors = (): number => (isLoaded() ? binding().getNumOfTensors() : 0);

function createTensor(feed: Feed | undefined, name: string): number {
  if (feed === undefined) throw new Error(`session: nothing fed to ${name}`);
  const native = binding();
  const dtype =
    feed.values instanceof Float32Array
      ? native.TF_FLOAT
      : feed.values instanceof Int32Array
        ? native.TF_INT32
        : native.TF_UINT8;
  return native.createTensor(feed.shape, dtype, feed.values);
}

const namesOf = (signature: Signature): SignatureNames => ({
  inputs: mapValues(signature.inputs, tensorName),
  outputs: mapValues(signature.outputs, tensorName),
});

const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
