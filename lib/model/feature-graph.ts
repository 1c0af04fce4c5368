import { Graph } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import { openGraph } from "../engine/session.ts";
import { constantWeights } from "./constant-weights.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { writeForward } from "./forward.ts";
import { buildNetwork, featureChannels, HEAD } from "./networks.ts";
import { normalise } from "./normalisation.ts";
import { openOwnNetwork, type ServedModel } from "./own-network.ts";
import type { Weights } from "./weights.ts";

/** A backbone that never changes, from films to pooled features. */
export interface FrozenBackbone {
  /** Length of a film's features. */
  readonly channels: number;
  /** @returns count x channels. Blocks its thread. */
  features(pixels: Uint8Array, count: number): Float32Array;
  close(): void;
}

export interface FrozenBackboneOptions extends ServedModel {
  /** Of the whole network. */
  readonly weights: Weights;
}

/** Running statistics are folded into the convolutions, as when serving. */
export function openFrozenBackbone({ model, size, weights }: FrozenBackboneOptions): FrozenBackbone {
  const network = buildNetwork(model);
  const channels = featureChannels(model);
  const own = openOwnNetwork({ model, size }, foldBatchNorm(network, weights).weights);
  if (own !== undefined) {
    return { channels, features: (values) => own.run(values, { maps: false }).features, close: () => own.close() };
  }
  const isUsed = ({ name }: { name: string }) => network.backbone.has(name) || name === HEAD.pool;
  const folded = foldBatchNorm({ ...network, layers: network.layers.filter(isUsed) }, weights);
  const graph = new Graph();
  const pixels = op.placeholder(graph, "pixels", "uint8", [null, size, size]);
  const parameter = constantWeights(graph, folded.weights);
  const { activations } = writeForward(folded.network, normalise(pixels, model), { parameter });
  graph.addSignature("features", { inputs: { pixels }, outputs: { features: activations.get(HEAD.pool)! } });
  const session = openGraph(graph);
  return {
    channels,
    features: (values, count) =>
      session.run("features", { pixels: { shape: [count, size, size], values } }).features!.values,
    close: () => session.close(),
  };
}
