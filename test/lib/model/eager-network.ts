import { tensorflow } from "../../../lib/engine/tensorflow.ts";
import type { Layer, Network } from "../../../lib/model/network.ts";
import type { Weights } from "../../../lib/model/weights.ts";

type Tensor = import("#tensorflow").Tensor;
type Tensor4D = import("#tensorflow").Tensor4D;
type Tensor2D = import("#tensorflow").Tensor2D;

export const BATCH_NORM_VARIABLES = ["gamma", "beta", "moving_mean", "moving_variance"] as const;

/**
 * The same network computed by tfjs, one eager operation at a time, batch-norm from its definition: the independent
 * implementation that the written graphs are compared with.
 *
 * @param image float32 [batch, rows, columns, channels]
 * @returns every layer's activation; with `training`, batch means and biased variances as `layer/mean`, `layer/variance`
 */
export function runEagerly(
  network: Network,
  variables: ReadonlyMap<string, Tensor>,
  image: Tensor4D,
  training: (layer: string) => boolean,
): Map<string, Tensor> {
  const tf = tensorflow();
  const results = new Map<string, Tensor>();
  const compute = (layer: Layer): Tensor => {
    const inputs = layer.inputs.map((name) => results.get(name)!) as Tensor4D[];
    const x = inputs[0]!;
    const variable = <T extends Tensor = Tensor>(name: string) => variables.get(`${layer.name}/${name}`)! as T;
    switch (layer.kind) {
      case "input":
        return image;
      case "zeroPad":
        return tf.pad(x, [[0, 0], [...layer.settings.rows], [...layer.settings.columns], [0, 0]]);
      case "conv": {
        const y = tf.conv2d(x, variable<Tensor4D>("kernel"), layer.settings.stride, layer.settings.padding);
        return layer.settings.bias ? tf.add(y, variable("bias")) : y;
      }
      case "batchNorm": {
        const { mean, variance } = training(layer.name)
          ? tf.moments(x, [0, 1, 2])
          : { mean: variable("moving_mean"), variance: variable("moving_variance") };
        results.set(`${layer.name}/mean`, mean);
        results.set(`${layer.name}/variance`, variance);
        const standard = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, layer.settings.epsilon)));
        return tf.add(tf.mul(standard, variable("gamma")), variable("beta"));
      }
      case "relu":
        return tf.relu(x);
      case "maxPool":
        return tf.maxPool(x, layer.settings.size, layer.settings.stride, layer.settings.padding);
      case "averagePool":
        return tf.avgPool(x, layer.settings.size, layer.settings.stride, layer.settings.padding);
      case "concat":
        return tf.concat(inputs, 3);
      case "add":
        return tf.add(x, inputs[1]!);
      case "globalAveragePool":
        return tf.mean(x, [1, 2]);
      case "dense":
        return tf.add(tf.matMul(x as Tensor as Tensor2D, variable<Tensor2D>("kernel")), variable("bias"));
    }
  };
  for (const layer of network.layers) results.set(layer.name, compute(layer));
  return results;
}

/** Masked cross-entropy from its definition: -ln sigmoid(z) = softplus(-z). */
export function maskedCrossEntropy(
  logits: Tensor,
  targets: Float32Array,
  positiveWeights: readonly number[] = new Array(14).fill(1),
): import("#tensorflow").Scalar {
  const tf = tensorflow();
  const shape = logits.shape as [number, number];
  const known = tf.tensor2d(
    targets.map((target) => (Number.isNaN(target) ? 0 : target)),
    shape,
  );
  const mask = tf.tensor2d(
    targets.map((target) => (Number.isNaN(target) ? 0 : 1)),
    shape,
  );
  const positive = tf.mul(tf.mul(known, tf.tensor1d([...positiveWeights])), tf.softplus(tf.neg(logits)));
  const entropy = tf.add(positive, tf.mul(tf.sub(1, known), tf.softplus(logits)));
  return tf.div(tf.sum(tf.mul(entropy, mask)), tf.sum(mask)).asScalar();
}

export const asTensors = (weights: Weights): Map<string, Tensor> =>
  new Map([...weights].map(([name, { data, shape }]) => [name, tensorflow().tensor(data, [...shape])]));

/** Largest difference as a share of the reference's largest value. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < expected.length; i += 1) {
    const distance = Math.abs(actual[i]! - expected[i]!);
    difference = Math.max(difference, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  return scale === 0 ? difference : difference / scale;
}
