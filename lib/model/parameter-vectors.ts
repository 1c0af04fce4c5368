import type { ModelConfig } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import type { Network } from "./network.ts";
import { isTrainable, type Parameter, parametersOf } from "./parameters.ts";
import type { Weights, WeightTensor } from "./weights.ts";

/**
 * The two vectors in which a training session keeps a network's weights, one after another: those that Adam changes,
 * and the rest (running statistics, a frozen backbone). One vector means one update instead of hundreds.
 */
export interface ParameterVectors {
  readonly trained: readonly Parameter[];
  readonly rest: readonly Parameter[];
}

export function parameterVectors(network: Network, trainable: ModelConfig["trainable"]): ParameterVectors {
  const parameters = parametersOf(network);
  const trains = (parameter: Parameter) => isTrainable(parameter, network, trainable);
  return { trained: parameters.filter(trains), rest: parameters.filter((parameter) => !trains(parameter)) };
}

export const vectorLength = (parameters: readonly Parameter[]): number =>
  parameters.reduce((sum, { size }) => sum + size, 0);

/** @throws InputError `weights` where one is missing or has another shape */
export function pack(parameters: readonly Parameter[], weights: Weights): Float32Array {
  const vector = new Float32Array(vectorLength(parameters));
  let offset = 0;
  for (const { name, shape, size } of parameters) {
    const weight = weights.get(name);
    if (weight === undefined || weight.shape.join() !== shape.join()) {
      const found = weight === undefined ? "none" : `[${weight.shape.join(", ")}]`;
      throw new InputError("weights", `weight ${name}: ${found}, expected [${shape.join(", ")}]`);
    }
    vector.set(weight.data, offset);
    offset += size;
  }
  return vector;
}

/** Weights by name; each is a view of the vector. */
export function unpack(parameters: readonly Parameter[], vector: Float32Array): Map<string, WeightTensor> {
  let offset = 0;
  return new Map(
    parameters.map(({ name, shape, size }) => {
      const data = vector.subarray(offset, offset + size);
      offset += size;
      return [name, { shape, data }];
    }),
  );
}
