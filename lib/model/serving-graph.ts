import type { ModelConfig } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import { Graph, type Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import { savedModelBytes } from "../engine/graph/saved-model-bytes.ts";
import { constantWeights } from "./constant-weights.ts";
import { foldBatchNorm } from "./fold-batch-norm.ts";
import { writeForward } from "./forward.ts";
import { writeGradCam } from "./grad-cam.ts";
import type { Network } from "./network.ts";
import { buildNetwork, HEAD } from "./networks.ts";
import { normalise } from "./normalisation.ts";
import { parametersOf } from "./parameters.ts";
import type { Weights } from "./weights.ts";

export interface ServingGraphOptions {
  readonly model: Pick<ModelConfig, "network" | "channels" | "headWidth" | "normalisation">;
  /** Side of the square film in pixels. */
  readonly size: number;
  /** Weights of each member of the ensemble, at least one. */
  readonly members: readonly Weights[];
}

/**
 * The bytes of `saved_model.pb`, a frozen graph that TensorFlow, TF Serving and Triton run.
 *
 * Input `pixels`, uint8 [batch, size, size]. Signature `serving_default` answers `logits` (mean over the members,
 * [batch, 14]), `probabilities` (their sigmoid) and `features` (pooled, mean over the members); `explain` answers
 * `maps` as well: Grad-CAM of every logit, mean over the members, [batch, 14, rows, columns].
 *
 * @throws InputError `weights` where a member lacks a weight or has one of another shape
 */
export function writeServingGraph({ model, size, members }: ServingGraphOptions): Uint8Array {
  const network = buildNetwork(model);
  const graph = new Graph();
  const pixels = op.placeholder(graph, "pixels", "uint8", [null, size, size]);
  const image = normalise(pixels, model);
  const results = members.map((weights, i) => {
    checkWeights(network, weights, i);
    return graph.inScope(`member_${i}`, () => writeMember(network, weights, image));
  });

  const average = (pick: (result: Member) => Output, name: string) => op.identity(meanOf(results.map(pick)), name);
  const logits = average((result) => result.logits, "logits");
  const predictions = {
    logits,
    probabilities: op.sigmoid(logits, "probabilities"),
    features: average((result) => result.features, "features"),
  };
  graph.addSignature("serving_default", { inputs: { pixels }, outputs: predictions });
  graph.addSignature("explain", {
    inputs: { pixels },
    outputs: { ...predictions, maps: average((result) => result.maps, "maps") },
  });
  return savedModelBytes(graph);
}

interface Member {
  readonly logits: Output;
  readonly features: Output;
  readonly maps: Output;
}

function writeMember(network: Network, weights: Weights, image: Output): Member {
  const folded = foldBatchNorm(network, weights);
  const parameter = constantWeights(image.operation.graph, folded.weights);
  const { activations } = writeForward(folded.network, image, { parameter });
  return {
    logits: activations.get(network.logits)!,
    features: activations.get(HEAD.pool)!,
    maps: writeGradCam(activations.get(network.features)!, activations.get(HEAD.activation)!, {
      hiddenKernel: parameter(`${HEAD.hidden}/kernel`),
      logitsKernel: parameter(`${HEAD.logits}/kernel`),
    }),
  };
}

function meanOf(values: readonly Output[]): Output {
  const total = op.addAll(values);
  return values.length === 1 ? total : op.multiply(total, op.constant(total.operation.graph, 1 / values.length));
}

function checkWeights(network: Network, weights: Weights, member: number): void {
  for (const { name, shape } of parametersOf(network)) {
    const found = weights.get(name)?.shape.join(" x ") ?? "none";
    if (found !== shape.join(" x ")) {
      throw new InputError("weights", `member ${member}, weight ${name}: ${found}, expected ${shape.join(" x ")}`);
    }
  }
}
