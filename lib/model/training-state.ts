import type { Graph, Operation, Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import { assignCopy, readVariable, type Variable, variable } from "../engine/graph/variables.ts";
import { type ParameterVectors, vectorLength } from "./parameter-vectors.ts";

/** The variables of a training graph, by the names under which its signatures `write` and `read` have them. */
export const STATE = {
  /** Steps done. */
  step: "step",
  trained: "trained",
  rest: "rest",
  firstMoments: "first_moments",
  secondMoments: "second_moments",
  averageTrained: "average_trained",
  averageRest: "average_rest",
} as const;

/** The weights, as the two vectors of lib/model/parameter-vectors.ts. */
export interface WeightVariables {
  readonly trained: Variable;
  readonly rest: Variable;
}

export interface StateVariables {
  readonly step: Variable;
  readonly weights: WeightVariables;
  readonly firstMoments: Variable;
  readonly secondMoments: Variable;
  /** Moving average of the weights; null where it is off. */
  readonly average: WeightVariables | null;
}

/** Makes the variables, and the signatures that write and read all of them. */
export function writeState(graph: Graph, vectors: ParameterVectors, withAverage: boolean): StateVariables {
  const inputs: Record<string, Output> = {};
  const outputs: Record<string, Output> = {};
  const writes: Operation[] = [];
  const make = (name: (typeof STATE)[keyof typeof STATE], shape: readonly number[]): Variable => {
    const made = variable(graph, name, shape);
    inputs[name] = op.placeholder(graph, `write_${name}`, "float32", shape);
    outputs[name] = readVariable(made);
    writes.push(assignCopy(made, inputs[name]));
    return made;
  };
  const trained = [vectorLength(vectors.trained)];
  const rest = [vectorLength(vectors.rest)];
  const state: StateVariables = {
    step: make(STATE.step, []),
    weights: { trained: make(STATE.trained, trained), rest: make(STATE.rest, rest) },
    firstMoments: make(STATE.firstMoments, trained),
    secondMoments: make(STATE.secondMoments, trained),
    average: withAverage ? { trained: make(STATE.averageTrained, trained), rest: make(STATE.averageRest, rest) } : null,
  };
  graph.addSignature("write", { inputs, outputs: { done: op.identity(op.constant(graph, 1), "done", writes) } });
  graph.addSignature("read", { inputs: {}, outputs });
  return state;
}
