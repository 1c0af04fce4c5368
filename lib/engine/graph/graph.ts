import type { Attribute, DType, Shape } from "./types.ts";

/** One result of an operation. */
export interface Output {
  readonly operation: Operation;
  readonly index: number;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A node of the graph. */
export interface Operation {
  readonly graph: Graph;
  readonly name: string;
  /** TensorFlow's name of the operation, such as `Conv2D`. */
  readonly kind: string;
  readonly inputs: readonly Output[];
  /** Operations that must have run before this one. */
  readonly after: readonly Operation[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Output[];
}

export interface NewOperation {
  readonly name?: string;
  readonly inputs?: readonly Output[];
  readonly after?: readonly Operation[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly { readonly dtype: DType; readonly shape: Shape }[];
}

/** Named tensors that a caller feeds and fetches together. */
export interface Signature {
  readonly inputs: Readonly<Record<string, Output>>;
  readonly outputs: Readonly<Record<string, Output>>;
}

/**
 * A TensorFlow graph as it is being written. Operations stand in the order in which they were added, which is a
 * topological order, since an input must exist before it is used.
 */
export class Graph {
  readonly operations: Operation[] = [];
  readonly signatures = new Map<string, Signature>();
  private readonly names = new Set<string>();
  private scope = "";

  add(kind: string, options: NewOperation): Operation {
    const operation = {
      graph: this,
      name: this.uniqueName(options.name ?? kind),
      kind,
      inputs: [...(options.inputs ?? [])],
      after: [...(options.after ?? [])],
      attributes: options.attributes ?? {},
      outputs: [] as Output[],
    };
    operation.outputs.push(...options.outputs.map(({ dtype, shape }, index) => ({ operation, index, dtype, shape })));
    this.operations.push(operation);
    return operation;
  }

  /** Adds what `build` adds under `name/`. */
  inScope<T>(name: string, build: () => T): T {
    const outer = this.scope;
    this.scope = `${outer}${name}/`;
    try {
      return build();
    } finally {
      this.scope = outer;
    }
  }

  addSignature(name: string, signature: Signature): void {
    this.signatures.set(name, signature);
  }

  private uniqueName(wanted: string): string {
    const base = this.scope + wanted;
    let name = base;
    for (let i = 1; this.names.has(name); i += 1) name = `${base}_${i}`;
    this.names.add(name);
    return name;
  }
}

/** `node:0`, as signatures, feeds and fetches spell a tensor. */
export const tensorName = (output: Output): string => `${output.operation.name}:${output.index}`;

/** The only output of an operation that has one. */
export const only = (operation: Operation): Output => operation.outputs[0]!;
