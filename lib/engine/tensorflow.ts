import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InputError } from "../domain/errors.ts";
import { applyEngineEnvironment } from "./environment.ts";

type TensorFlow = typeof import("#tensorflow");

/** The functions of the native addon that carry typed arrays in and out of TensorFlow. */
export interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_Version: string;
  /** A tensor over the array's own memory, which must not change until it is deleted. @returns the tensor's id */
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array | Uint8Array): number;
  deleteTensor(id: number): void;
  /** Copies the values out of TensorFlow. */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array | Uint16Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(session: number): void;
  runSavedModel(session: number, inputs: readonly number[], inputNames: string, outputNames: string): TensorMetadata[];
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
}

export interface TensorMetadata {
  readonly id: number;
  readonly shape: readonly number[];
  readonly dtype: number;
}

export interface Device {
  readonly kind: "cpu" | "gpu";
  /** TensorFlow's version, such as 2.21.0. */
  readonly tensorflow: string;
  /** The npm package that carries the binding. */
  readonly package: string;
  /** Whether oneDNN's kernels are on. */
  readonly oneDnn: boolean;
}

const require = createRequire(import.meta.url);

let loaded: TensorFlow | undefined;

/**
 * TensorFlow, loaded on the first call (about 0.6 s). The only way to it: nothing else imports "#tensorflow".
 * @throws InputError `engine-missing` where the binding is not built
 */
export function tensorflow(): TensorFlow {
  if (loaded !== undefined) return loaded;
  applyEngineEnvironment();
  restoreRemovedUtilities();
  try {
    loaded = require("#tensorflow") as TensorFlow;
  } catch (cause) {
    throw new InputError("engine-missing", howToSetUp(), { cause });
  }
  return loaded;
}

/** The native addon under TensorFlow's backend. */
export function binding(): Binding {
  return (tensorflow().backend() as unknown as { binding: Binding }).binding;
}

/** Whether TensorFlow could use a GPU, as far as is known without loading it. */
export const mayUseGpu = (): boolean => packageName() === "@tensorflow/tfjs-node-gpu";

/** Whether this process has loaded TensorFlow. */
export const isLoaded = (): boolean => loaded !== undefined;

/** What computes: TensorFlow falls back from a GPU to the CPU with only a warning, so ask. */
export function device(): Device {
  const native = binding();
  return {
    kind: native.isUsingGpuDevice() ? "gpu" : "cpu",
    tensorflow: native.TF_Version,
    package: packageName(),
    oneDnn: process.env.TF_ENABLE_ONEDNN_OPTS === "1",
  };
}

/**
 * The device, which must be of that kind; a CPU will do only where it was asked for.
 * @throws InputError `no-gpu` where a GPU was asked for and TensorFlow does not use one
 */
export function requireDevice(kind: Device["kind"]): Device {
  const found = device();
  if (kind === "gpu" && found.kind !== "gpu") {
    throw new InputError(
      "no-gpu",
      found.package.endsWith("-gpu")
        ? "device: a GPU was asked for, but TensorFlow uses the CPU; expected NVIDIA's driver and CUDA libraries on the loader's path"
        : "device: a GPU was asked for, but the CPU's TensorFlow is loaded; expected node --conditions=gpu and a set-up for CUDA",
    );
  }
  return found;
}

/** TensorFlow's protobuf classes as tfjs-node ships them; needs no binding. */
export function protobufModule(): unknown {
  return require(join(dirname(require.resolve("#tensorflow")), "proto", "api_pb.js"));
}

const packageName = (): string =>
  require.resolve("#tensorflow").includes("tfjs-node-gpu") ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node";

function howToSetUp(): string {
  // The package itself may be missing.
  const isForGpu = process.execArgv.includes("--conditions=gpu");
  return isForGpu
    ? "TensorFlow is not set up for the GPU here: run node bin/setup.mjs --device cuda"
    : "TensorFlow is not set up here: run node bin/setup.mjs";
}

/** tfjs-node calls two functions of node:util that Node 23 removed. */
function restoreRemovedUtilities(): void {
  const util = require("node:util") as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
  util.isUndefined ??= (value: unknown): boolean => value === undefined;
}
