import type { Normalisation } from "../contracts/run-config.ts";
import type { Output } from "../engine/graph/graph.ts";
import { add, cast, constant, multiply, reshape } from "../engine/graph/operations.ts";

/** What is subtracted from a grey value and what it is divided by, per channel: red, green, blue where there are three. */
interface Standard {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

const same = (mean: number, deviation: number): Record<1 | 3, Standard> => ({
  1: { mean: [mean], deviation: [deviation] },
  3: { mean: [mean, mean, mean], deviation: [deviation, deviation, deviation] },
});

const IMAGENET: Standard = {
  mean: [0.485, 0.456, 0.406].map((share) => share * 255),
  deviation: [0.229, 0.224, 0.225].map((share) => share * 255),
};

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const STANDARDS: Record<Normalisation, Record<1 | 3, Standard>> = {
  /** To [0, 1]. */
  unit: same(0, 255),
  /** To [-1, 1]. */
  symmetric: same(127.5, 127.5),
  /** As ImageNet's networks were trained in PyTorch, and Keras's DenseNet: standardised over its pictures. */
  imagenet: { 3: IMAGENET, 1: { mean: [average(IMAGENET.mean)], deviation: [average(IMAGENET.deviation)] } },
};

/** From grey values, uint8 [batch, size, size], to the network's input, float32 [batch, size, size, channels]. */
export function normalise(pixels: Output, normalisation: Normalisation, channels: 1 | 3): Output {
  const { graph } = pixels.operation;
  const { mean, deviation } = STANDARDS[normalisation][channels];
  const scale = constant(
    graph,
    Float32Array.from(deviation, (value) => 1 / value),
  );
  const offset = constant(
    graph,
    Float32Array.from(mean, (value, i) => -value / deviation[i]!),
  );
  const [batch, rows, columns] = pixels.shape;
  const image = reshape(cast(pixels, "float32"), [batch!, rows!, columns!, 1]);
  return add(multiply(image, scale), offset);
}
