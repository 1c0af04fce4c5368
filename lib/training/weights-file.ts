import { InputError } from "../domain/errors.ts";
import type { Weights, WeightTensor } from "../model/weights.ts";
import { readSafetensors, type Tensor, type TensorFile, writeSafetensors } from "../store/safetensors.ts";

/** Weights as a safetensors file. The same weights and metadata give the same bytes. */
export const encodeWeights = (weights: Weights, metadata: TensorFile["metadata"]): Uint8Array =>
  writeSafetensors({ tensors: asTensors(weights), metadata });

/** @throws InputError where the bytes are no safetensors file of 32-bit floats; `where` names it */
export function decodeWeights(
  bytes: Uint8Array,
  where: string,
): { weights: Weights; metadata: TensorFile["metadata"] } {
  const { tensors, metadata } = readSafetensors(bytes, where);
  return { weights: asWeights(tensors, where), metadata };
}

export const asTensors = (weights: Weights): Map<string, Tensor> =>
  new Map([...weights].map(([name, { shape, data }]) => [name, { dtype: "F32", shape, data }]));

export function asWeights(tensors: Iterable<readonly [string, Tensor]>, where: string): Weights {
  const weights = new Map<string, WeightTensor>();
  for (const [name, { dtype, shape, data }] of tensors) {
    if (dtype !== "F32") throw new InputError("weights", `${where}: ${name} is ${dtype}, expected F32`);
    weights.set(name, { shape, data });
  }
  return weights;
}
