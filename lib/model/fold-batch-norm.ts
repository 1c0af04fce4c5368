import { type Layer, type LayerOfKind, type Network, readersOf } from "./network.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/**
 * The same function with fewer layers: a batch-norm with running statistics is a scale and a shift a channel, and
 * where a convolution directly precedes it and feeds nothing else, that convolution's kernel and bias take them over.
 */
export function foldBatchNorm(network: Network, weights: Weights): { network: Network; weights: Weights } {
  const folded = new Map(weights);
  for (const [conv, batchNorm] of foldable(network)) moveIntoConvolution(conv, batchNorm, folded);
  return { network: foldLayers(network), weights: folded };
}

/** The layers that are left when batch-norms are folded; the convolutions before them have a bias. */
export function foldLayers(network: Network): Network {
  const pairs = foldable(network);
  const folding = new Set([...pairs.keys()].map(({ name }) => name));
  const replacement = new Map([...pairs].map(([conv, batchNorm]) => [batchNorm.name, conv.name]));
  const layers = network.layers
    .filter((layer) => !replacement.has(layer.name))
    .map((layer): Layer => {
      const inputs = layer.inputs.map((name) => replacement.get(name) ?? name);
      return layer.kind === "conv" && folding.has(layer.name)
        ? { ...layer, inputs, settings: { ...layer.settings, bias: true } }
        : { ...layer, inputs };
    });
  return { ...network, layers };
}

/** Batch-norms by the convolution before them, which feeds nothing else. */
function foldable(network: Network): Map<LayerOfKind<"conv">, LayerOfKind<"batchNorm">> {
  const readers = readersOf(network);
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]));
  const pairs = new Map<LayerOfKind<"conv">, LayerOfKind<"batchNorm">>();
  for (const layer of network.layers) {
    const before = byName.get(layer.inputs[0] ?? "");
    if (layer.kind !== "batchNorm" || before?.kind !== "conv" || readers.get(before.name)!.length !== 1) continue;
    pairs.set(before, layer);
  }
  return pairs;
}

/** y = gamma (conv + bias - mean) / sqrt(variance + epsilon) + beta, rewritten as one convolution with a bias. */
function moveIntoConvolution(
  conv: LayerOfKind<"conv">,
  { name, settings }: LayerOfKind<"batchNorm">,
  weights: Map<string, WeightTensor>,
): void {
  const take = (variable: string) => weights.get(`${name}/${variable}`)!.data;
  const [gamma, beta, mean, variance] = [take("gamma"), take("beta"), take("moving_mean"), take("moving_variance")];
  const scale = gamma.map((value, i) => value / Math.sqrt(variance[i]! + settings.epsilon));

  const kernel = weights.get(`${conv.name}/kernel`)!;
  const bias = weights.get(`${conv.name}/bias`)?.data ?? new Float32Array(conv.channels);
  const channel = (i: number) => i % conv.channels;
  weights.set(`${conv.name}/kernel`, { ...kernel, data: kernel.data.map((value, i) => value * scale[channel(i)]!) });
  weights.set(`${conv.name}/bias`, {
    shape: [conv.channels],
    data: bias.map((value, i) => (value - mean[i]!) * scale[i]! + beta[i]!),
  });
  for (const variable of ["gamma", "beta", "moving_mean", "moving_variance"]) weights.delete(`${name}/${variable}`);
}
