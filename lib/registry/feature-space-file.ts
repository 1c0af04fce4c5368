import { InputError } from "../domain/errors.ts";
import type { FeatureSpace } from "../domain/feature-space.ts";
import { readSafetensors, type Tensor, writeSafetensors } from "../store/safetensors.ts";

/** A feature space as safetensors: `mean` [channels] and `whitening` [channels, channels], 32-bit floats. */
export function encodeFeatureSpace({ mean, whitening }: FeatureSpace): Uint8Array {
  const tensor = (values: ArrayLike<number>, shape: readonly number[]): Tensor => ({
    dtype: "F32",
    shape,
    data: Float32Array.from(values),
  });
  const tensors = new Map([
    ["mean", tensor(mean, [mean.length])],
    ["whitening", tensor(whitening, [mean.length, mean.length])],
  ]);
  return writeSafetensors({ tensors, metadata: {} });
}

/** @param where what to call the file in an error @throws InputError `safetensors`, `feature-space` */
export function decodeFeatureSpace(bytes: Uint8Array, where: string): FeatureSpace {
  const { tensors } = readSafetensors(bytes, where);
  const values = (name: string): Float32Array => {
    const tensor = tensors.get(name);
    if (tensor?.dtype === "F32") return tensor.data;
    throw new InputError("feature-space", `${where}: no tensor ${name} of 32-bit floats`);
  };
  const [mean, whitening] = [values("mean"), values("whitening")];
  if (whitening.length !== mean.length ** 2) {
    throw new InputError("feature-space", `${where}: ${whitening.length} weights, expected ${mean.length} squared`);
  }
  return { mean, whitening };
}
