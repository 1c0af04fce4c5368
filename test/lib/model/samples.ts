import { normal, random } from "../../../lib/domain/random.ts";
import { initialWeights } from "../../../lib/model/initial-weights.ts";
import type { Network } from "../../../lib/model/network.ts";
import type { Batch } from "../../../lib/model/session.ts";
import type { Weights } from "../../../lib/model/weights.ts";

/** Films of smooth noise and targets of which a tenth is masked. */
export function sampleBatch(seed: number, count: number, size: number): Batch<Uint8Array> {
  const next = random(seed, "films");
  const pixels = new Uint8Array(count * size * size);
  for (let film = 0; film < count; film += 1) {
    const [across, down, level] = [next() * 6, next() * 6, next() * 100];
    for (let i = 0; i < size * size; i += 1) {
      const wave = Math.sin((across * (i % size)) / size) + Math.cos((down * Math.floor(i / size)) / size);
      pixels[film * size * size + i] = Math.min(255, Math.max(0, level + 40 * wave + 30 * next() + 40));
    }
  }
  const targets = Float32Array.from({ length: count * 14 }, () => (next() < 0.1 ? Number.NaN : Number(next() < 0.4)));
  return { count, input: pixels, targets };
}

/** Weights as after some training: no statistic and no scale at its start. */
export function livedInWeights(network: Network, seed: number): Weights {
  const next = random(seed, "lived in");
  const around: Record<string, () => number> = {
    gamma: () => 1 + 0.2 * normal(next),
    beta: () => 0.2 * normal(next),
    bias: () => 0.1 * normal(next),
    moving_mean: () => 0.1 * normal(next),
    moving_variance: () => 0.5 + next(),
  };
  return new Map(
    [...initialWeights(network, seed)].map(([name, { shape, data }]) => {
      const draw = around[name.slice(name.lastIndexOf("/") + 1)];
      return [name, { shape, data: draw === undefined ? data : data.map(draw) }];
    }),
  );
}
