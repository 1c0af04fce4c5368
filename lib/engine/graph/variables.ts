import { type Graph, type Operation, type Output, only } from "./graph.ts";
import type { Shape } from "./types.ts";

/** A tensor of 32-bit floats that a session keeps from call to call; it has no value until it is assigned one. */
export interface Variable {
  readonly handle: Output;
  readonly shape: Shape;
}

export function variable(graph: Graph, name: string, shape: Shape): Variable {
  const attributes = {
    dtype: { type: "float32" },
    shape: { shape },
    shared_name: { string: name },
    container: { string: "" },
  } as const;
  const handle = only(graph.add("VarHandleOp", { name, attributes, outputs: [{ dtype: "resource", shape: [] }] }));
  return { handle, shape };
}

const FLOAT = { dtype: { type: "float32" } } as const;

/** The value after those operations have run. */
export function readVariable({ handle, shape }: Variable, after: readonly Operation[] = []): Output {
  const outputs = [{ dtype: "float32" as const, shape }];
  return only(handle.operation.graph.add("ReadVariableOp", { inputs: [handle], after, attributes: FLOAT, outputs }));
}

/**
 * Assigns a copy of the value: a fed tensor lies over an array of the caller's, which a later update in place would
 * write into.
 */
export function assignCopy({ handle }: Variable, value: Output): Operation {
  const { graph } = handle.operation;
  const attributes = { T: { type: "float32" as const } };
  const copy = only(graph.add("DeepCopy", { inputs: [value], attributes, outputs: [value] }));
  return graph.add("AssignVariableOp", { inputs: [handle, copy], attributes: FLOAT, outputs: [] });
}

type Assign = (target: Variable, value: Output, after?: readonly Operation[]) => Operation;

const assign =
  (kind: string): Assign =>
  ({ handle }, value, after = []) =>
    handle.operation.graph.add(kind, { inputs: [handle, value], after, attributes: FLOAT, outputs: [] });

export const assignAdd = assign("AssignAddVariableOp");
export const assignSubtract = assign("AssignSubVariableOp");

export interface AdamInputs {
  readonly weights: Variable;
  readonly firstMoments: Variable;
  readonly secondMoments: Variable;
  /** beta1 and beta2 to the power of the step, which counts from 1. */
  readonly beta1Power: Output;
  readonly beta2Power: Output;
  readonly learningRate: Output;
  readonly beta1: Output;
  readonly beta2: Output;
  readonly epsilon: Output;
  readonly gradient: Output;
}

/** Kingma and Ba 2015, in the form before section 2.1: epsilon is added to the uncorrected root, as Keras does. */
export function applyAdam(inputs: AdamInputs, after: readonly Operation[] = []): Operation {
  const { weights, firstMoments, secondMoments, beta1Power, beta2Power, learningRate } = inputs;
  const { beta1, beta2, epsilon, gradient } = inputs;
  return weights.handle.operation.graph.add("ResourceApplyAdam", {
    inputs: [
      weights.handle,
      firstMoments.handle,
      secondMoments.handle,
      beta1Power,
      beta2Power,
      learningRate,
      beta1,
      beta2,
      epsilon,
      gradient,
    ],
    after,
    attributes: { T: { type: "float32" }, use_locking: { bool: false }, use_nesterov: { bool: false } },
    outputs: [],
  });
}
