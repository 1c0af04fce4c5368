import { type Binding, binding, type TensorMetadata } from "./tensorflow.ts";

/** One value of an operation's attribute, by the name of its kind in the binding. */
export type Attribute =
  | { readonly kind: "INT" | "FLOAT"; readonly value: number }
  | { readonly kind: "BOOL"; readonly value: boolean }
  | { readonly kind: "STRING"; readonly value: string }
  | { readonly kind: "TYPE"; readonly value: TypeName };

export type TypeName = "FLOAT" | "INT32" | "UINT8" | "UINT16";

/** TensorFlow's numbers for element types (tensorflow/core/framework/types.proto); the binding lacks UINT16. */
const TYPES: Readonly<Record<TypeName, number>> = { FLOAT: 1, INT32: 3, UINT8: 4, UINT16: 17 };
const STRING_TYPE = 7;

interface EagerBinding extends Binding {
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_TYPE: number;
  createTensor(shape: readonly number[], dtype: number, values: unknown): number;
  executeOp(
    name: string,
    attributes: readonly { name: string; type: number; value: unknown }[],
    inputs: readonly number[],
    outputs: number,
  ): TensorMetadata[];
}

/** TensorFlow refused what an operation was given; the message is its own. */
export class KernelError extends Error {}

/** A tensor inside TensorFlow; lives until the scope that made it ends. */
export interface Value {
  readonly id: number;
  readonly shape: readonly number[];
}

export interface KernelScope {
  input(shape: readonly number[], values: Float32Array | Int32Array | Uint8Array): Value;
  /** A scalar string, such as the bytes of a file. */
  bytes(bytes: Uint8Array): Value;
  /** Runs an operation with one output. @throws KernelError */
  run(operation: string, attributes: Readonly<Record<string, Attribute>>, inputs: readonly Value[]): Value;
  read(value: Value): Float32Array | Int32Array | Uint8Array | Uint16Array;
}

/**
 * Runs TensorFlow's kernels one by one. Every tensor made inside is freed at the end, also after an error, so that none
 * can be left over. Blocks its thread.
 */
export function withKernels<T>(work: (scope: KernelScope) => T): T {
  const native = binding() as EagerBinding;
  const owned: number[] = [];
  const own = (id: number, shape: readonly number[]): Value => {
    owned.push(id);
    return { id, shape };
  };
  const typeOf = (values: Float32Array | Int32Array | Uint8Array): number => {
    if (values instanceof Float32Array) return TYPES.FLOAT;
    return values instanceof Int32Array ? TYPES.INT32 : TYPES.UINT8;
  };
  try {
    return work({
      input: (shape, values) => own(native.createTensor(shape, typeOf(values), values), shape),
      bytes: (bytes) => own(native.createTensor([], STRING_TYPE, [bytes]), []),
      run(operation, attributes, inputs) {
        const encoded = Object.entries(attributes).map(([name, { kind, value }]) => ({
          name,
          type: native[`TF_ATTR_${kind}`],
          value: kind === "TYPE" ? TYPES[value] : value,
        }));
        const ids = inputs.map((input) => input.id);
        const output = execute(native, operation, encoded, ids);
        return own(output.id, output.shape);
      },
      read: (value) => native.tensorDataSync(value.id),
    });
  } finally {
    for (const id of owned) native.deleteTensor(id);
  }
}

type Arguments = Parameters<EagerBinding["executeOp"]>;

function execute(native: EagerBinding, name: Arguments[0], attributes: Arguments[1], inputs: Arguments[2]) {
  try {
    return native.executeOp(name, attributes, inputs, 1)[0]!;
  } catch (cause) {
    throw new KernelError(`${name}: ${(cause as Error).message}`, { cause });
  }
}
