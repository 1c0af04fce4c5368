import type { Network } from "../network.ts";
import type { Weights } from "../weights.ts";

/**
 * The same weights for films of one channel: the first convolution's kernel is summed over red, green and blue, which
 * for a grey film is the same convolution.
 */
export function toOneChannel(network: Network, weights: Weights): Weights {
  const first = network.layers.find(({ kind }) => kind === "conv")!;
  const name = `${first.name}/kernel`;
  const kernel = weights.get(name);
  const channels = kernel?.shape[2];
  if (kernel === undefined || channels === undefined || channels === 1) return weights;
  const [rows = 0, columns = 0, , filters = 0] = kernel.shape;
  const data = new Float32Array(rows * columns * filters);
  for (let place = 0; place < rows * columns; place += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      for (let filter = 0; filter < filters; filter += 1) {
        data[place * filters + filter]! += kernel.data[(place * channels + channel) * filters + filter]!;
      }
    }
  }
  return new Map([...weights, [name, { shape: [rows, columns, 1, filters], data }]]);
}
