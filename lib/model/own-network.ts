import type { ModelConfig } from "../contracts/run-config.ts";
import { bestKernels, type NetworkOptions, openNetwork } from "../engine/network-addon.ts";
import { device, mayUseGpu } from "../engine/tensorflow.ts";
import { UnknownPattern } from "./fused-layers.ts";
import { networkProgram, type PlacedProgram } from "./network-program.ts";
import { buildNetwork } from "./networks.ts";
import { normalisationFactors } from "./normalisation.ts";
import type { Weights } from "./weights.ts";

export interface ServedModel {
  readonly model: Pick<ModelConfig, "network" | "channels" | "headWidth" | "normalisation">;
  /** Side of the square film in pixels. */
  readonly size: number;
}

/** [films][channels] each, maps [films][14][rows][columns]. */
export interface OwnAnswer {
  readonly logits: Float32Array;
  readonly features: Float32Array;
  readonly maps: Float32Array | null;
}

/** A network that our own kernels compute. Calls block their thread. */
export interface OwnNetwork {
  /** Rows of a map, and its columns. */
  readonly grid: number;
  /** @param pixels films x size x size grey values */
  run(pixels: Uint8Array, options: { readonly maps: boolean }): OwnAnswer;
  close(): void;
}

/** Whether our kernels are what computes here best: no GPU, and a processor with vectors. Loads TensorFlow only to ask for a GPU. */
export const ownKernelsCompute = (): boolean => bestKernels() !== "plain" && !(mayUseGpu() && device().kind === "gpu");

/**
 * @param weights with batch-norms folded as far as they can be (foldBatchNorm)
 * @param options kernels that are named are used whatever their speed
 * @returns undefined where TensorFlow is to compute: on a GPU, on a processor without vectors, for a network with a
 * pattern that is not known, or of other weights
 */
export function openOwnNetwork(
  { model, size }: ServedModel,
  weights: Weights,
  options: NetworkOptions = {},
): OwnNetwork | undefined {
  if (options.kernels === undefined && !ownKernelsCompute()) return undefined;
  let placed: PlacedProgram;
  try {
    placed = networkProgram(buildNetwork(model), { size, ...normalisationFactors(model) }, weights);
  } catch (error) {
    if (error instanceof UnknownPattern) return undefined;
    throw error;
  }
  const { program, logits, features, grid } = placed;
  const network = openNetwork(program, options);
  return {
    grid,
    run(pixels, { maps }) {
      const answer = network.run(pixels, { maps });
      return {
        logits: logits.of(answer.logits),
        features: features.of(answer.features),
        maps: answer.maps && logits.of(answer.maps, grid * grid),
      };
    },
    close: () => network.close(),
  };
}
