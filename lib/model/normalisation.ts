import type { ModelConfig, NetworkName, Normalisation } from "../contracts/run-config.ts";
import type { Output } from "../engine/graph/graph.ts";
import { add, cast, constant, multiply, reshape } from "../engine/graph/operations.ts";

/** What is subtracted from a grey value and what it is divided by, per channel of the network. */
interface Standard {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

const same = (mean: number, deviation: number): Record<1 | 3, Standard> => ({
  1: { mean: [mean], deviation: [deviation] },
  3: { mean: [mean, mean, mean], deviation: [deviation, deviation, deviation] },
});

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const coloured = (standard: Standard): Record<1 | 3, Standard> => ({
  3: standard,
  1: { mean: [average(standard.mean)], deviation: [average(standard.deviation)] },
});

/** As ImageNet's networks are trained in PyTorch, and Keras's DenseNet: red, green, blue, standardised. */
const TORCH = coloured({
  mean: [0.485, 0.456, 0.406].map((share) => share * 255),
  deviation: [0.229, 0.224, 0.225].map((share) => share * 255),
});

/** As Caffe's networks were trained, and Keras's VGG and ResNet: blue, green, red, the mean taken off. */
const CAFFE = coloured({ mean: [103.939, 116.779, 123.68], deviation: [1, 1, 1] });

const IMAGENET: Record<NetworkName, Record<1 | 3, Standard>> = {
  "densenet-mini": TORCH,
  "vgg-mini": CAFFE,
  "resnet-mini": CAFFE,
  densenet121: TORCH,
  vgg16: CAFFE,
  resnet50: CAFFE,
};

const STANDARDS: Record<Normalisation, (network: NetworkName) => Record<1 | 3, Standard>> = {
  /** To [0, 1]. */
  unit: () => same(0, 255),
  /** To [-1, 1]. */
  symmetric: () => same(127.5, 127.5),
  imagenet: (network) => IMAGENET[network],
};

type NormalisedModel = Pick<ModelConfig, "network" | "normalisation" | "channels">;

/** A channel of the network's input is the grey value times `scale` plus `offset`. */
export function normalisationFactors({ network, normalisation, channels }: NormalisedModel): {
  readonly scale: Float32Array;
  readonly offset: Float32Array;
} {
  const { mean, deviation } = STANDARDS[normalisation](network)[channels];
  return {
    scale: Float32Array.from(deviation, (value) => 1 / value),
    offset: Float32Array.from(mean, (value, i) => -value / deviation[i]!),
  };
}

/** From grey values, uint8 or float32 [batch, size, size], to the network's input, float32 [batch, size, size, channels]. */
export function normalise(pixels: Output, model: NormalisedModel): Output {
  const { graph } = pixels.operation;
  const factors = normalisationFactors(model);
  const [scale, offset] = [constant(graph, factors.scale), constant(graph, factors.offset)];
  const [batch, rows, columns] = pixels.shape;
  const image = reshape(cast(pixels, "float32"), [batch!, rows!, columns!, 1]);
  return add(multiply(image, scale), offset);
}
