import type { Graph, Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import type { Weights } from "./weights.ts";

/** Weights as constants of a graph, each made when it is first asked for. */
export function constantWeights(graph: Graph, weights: Weights): (name: string) => Output {
  const constants = new Map<string, Output>();
  return (name) => {
    const known = constants.get(name);
    if (known !== undefined) return known;
    const { data, shape } = weights.get(name)!;
    const made = op.constant(graph, data, shape, name);
    constants.set(name, made);
    return made;
  };
}
