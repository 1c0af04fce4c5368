/** Stock tfjs-node: the task's network as a LayersModel, trained by its own trainOnBatch. */
import { tensorflow } from "../../lib/engine/tensorflow.ts";
import type { Layer } from "../../lib/model/network.ts";
import { noise, readTask, timed } from "./subject.ts";

type Symbolic = import("#tensorflow").SymbolicTensor;

const tf = tensorflow();
const task = await readTask();
const { size, batch, count } = task;

function added({ kind, name, settings, channels }: Layer, inputs: readonly Symbolic[]): Symbolic {
  const { layers } = tf;
  const [x] = inputs as [Symbolic];
  const on = (layer: { apply(x: Symbolic | Symbolic[]): unknown }, to: Symbolic | Symbolic[] = x) =>
    layer.apply(to) as Symbolic;
  switch (kind) {
    case "input":
      return tf.input({ shape: [size, size, channels] });
    case "zeroPad":
      return on(layers.zeroPadding2d({ padding: [[...settings.rows], [...settings.columns]], name }));
    case "conv": {
      const { size: kernelSize, stride: strides, padding, bias: useBias } = settings;
      return on(layers.conv2d({ filters: channels, kernelSize, strides, padding, useBias, name }));
    }
    case "batchNorm":
      return on(layers.batchNormalization({ epsilon: settings.epsilon, momentum: settings.momentum, name }));
    case "relu":
      return on(layers.reLU({ name }));
    case "maxPool":
      return on(layers.maxPooling2d({ poolSize: settings.size, strides: settings.stride, name }));
    case "averagePool":
      return on(layers.averagePooling2d({ poolSize: settings.size, strides: settings.stride, name }));
    case "concat":
      return on(layers.concatenate({ name }), [...inputs]);
    case "add":
      return on(layers.add({ name }), [...inputs]);
    case "globalAveragePool":
      return on(layers.globalAveragePooling2d({ name }));
    case "dense":
      return on(layers.dense({ units: channels, name, activation: name === "logits" ? "sigmoid" : "linear" }));
  }
}

const values = new Map<string, Symbolic>();
const description = task.layers as readonly Layer[];
for (const layer of description) {
  const inputs = layer.inputs.map((name) => values.get(name)!);
  values.set(layer.name, added(layer, inputs));
}
const model = tf.model({ inputs: values.get("input")!, outputs: values.get("logits")! });
model.compile({ optimizer: tf.train.adam(1e-4), loss: "binaryCrossentropy" });
// As a reader that already makes three channels of a film would hand it over.
const { pixels, targets } = noise(task, batch);
const image = tf.tidy(() =>
  tf.tile(tf.sub(tf.div(tf.tensor4d(pixels, [batch, size, size, 1]), 127.5), 1), [1, 1, 1, 3]),
);
const labels = tf.tensor2d(targets, [batch, 14]);
await timed(count, 2, `tfjs-node ${tf.version["tfjs-node"]}`, () => model.trainOnBatch(image, labels));
