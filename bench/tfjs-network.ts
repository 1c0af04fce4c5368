import { tensorflow } from "../lib/engine/tensorflow.ts";
import type { Layer } from "../lib/model/network.ts";

type Symbolic = import("#tensorflow").SymbolicTensor;
type LayersModel = import("#tensorflow").LayersModel;

const tf = tensorflow();

/** A network of ours as a LayersModel of stock tfjs, its logits through a sigmoid. */
export function layersModel(description: readonly Layer[], size: number): LayersModel {
  const values = new Map<string, Symbolic>();
  for (const layer of description) {
    const inputs = layer.inputs.map((name) => values.get(name)!);
    values.set(layer.name, added(layer, inputs, size));
  }
  return tf.model({ inputs: values.get("input")!, outputs: values.get("logits")! });
}

function added({ kind, name, settings, channels }: Layer, inputs: readonly Symbolic[], size: number): Symbolic {
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
