import { random } from "../domain/random.ts";
import type { Network } from "./network.ts";
import { type Initializer, type Parameter, parametersOf } from "./parameters.ts";
import type { Weights } from "./weights.ts";

const INITIALIZERS: Record<Initializer, (parameter: Parameter, seed: number) => Float32Array> = {
  zeros: ({ size }) => new Float32Array(size),
  ones: ({ size }) => new Float32Array(size).fill(1),
  /** Glorot and Bengio 2010, equation 16: uniform within sqrt(6 / (fan in + fan out)). */
  "glorot-uniform": ({ name, shape, size }, seed) => {
    const window = shape.slice(0, -2).reduce((product, side) => product * side, 1);
    const limit = Math.sqrt(6 / (window * (shape.at(-2)! + shape.at(-1)!)));
    const next = random(seed, "weights", name);
    return Float32Array.from({ length: size }, () => (2 * next() - 1) * limit);
  },
};

/** Weights before training. Each depends on the seed and on its own name alone. */
export const initialWeights = (network: Network, seed: number): Weights =>
  new Map(
    parametersOf(network).map((parameter) => [
      parameter.name,
      { shape: parameter.shape, data: INITIALIZERS[parameter.initializer](parameter, seed) },
    ]),
  );
