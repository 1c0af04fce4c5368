import type { Backbone, Builder, LayerRef } from "./network.ts";

/** A row of table 1 in Huang et al. 2017, "Densely Connected Convolutional Networks". */
export interface DenseNetShape {
  /** Layers of each dense block. */
  readonly blocks: readonly number[];
  /** Channels that each layer adds (k). */
  readonly growth: number;
  readonly stem: { readonly filters: number; readonly size: number };
  /** Share of the channels that a transition keeps (theta). */
  readonly compression: number;
  readonly batchNorm: { readonly epsilon: number; readonly momentum: number };
}

/** Names, order and numbers of Keras's `keras.applications.DenseNet121`. */
export const DENSENET_121: DenseNetShape = {
  blocks: [6, 12, 24, 16],
  growth: 32,
  stem: { filters: 64, size: 7 },
  compression: 0.5,
  batchNorm: { epsilon: 1.001e-5, momentum: 0.99 },
};

/**
 * A small sibling for small films and short runs: stride 16 in all, so that 112 x 112 ends in the 7 x 7 grid that
 * DenseNet-121 has at 224 x 224; batch statistics that settle within a few hundred steps.
 */
export const DENSENET_MINI: DenseNetShape = {
  blocks: [3, 4, 6],
  growth: 14,
  stem: { filters: 24, size: 5 },
  compression: 0.5,
  batchNorm: { epsilon: 1.001e-5, momentum: 0.9 },
};

export function denseNet(shape: DenseNetShape): Backbone {
  return (net, image) => {
    let x = stem(net, image, shape);
    shape.blocks.forEach((layers, i) => {
      x = denseBlock(net, `conv${i + 2}`, x, layers, shape);
      if (i < shape.blocks.length - 1) x = transition(net, `pool${i + 2}`, x, shape);
    });
    return net.relu("relu", net.batchNorm("bn", x, shape.batchNorm));
  };
}

/** Convolution and pooling, each of stride 2. */
function stem(net: Builder, image: LayerRef, { stem: { filters, size }, batchNorm }: DenseNetShape): LayerRef {
  const padded = net.zeroPad("zero_padding2d", image, (size - 1) / 2);
  const conv = net.conv("conv1_conv", padded, filters, size, { stride: 2, padding: "valid" });
  const activation = net.relu("conv1_relu", net.batchNorm("conv1_bn", conv, batchNorm));
  return net.maxPool("pool1", net.zeroPad("zero_padding2d_1", activation, 1), 3, 2);
}

/** Every layer sees the outputs of all layers before it. */
function denseBlock(net: Builder, name: string, input: LayerRef, layers: number, shape: DenseNetShape): LayerRef {
  let x = input;
  for (let i = 1; i <= layers; i += 1) x = denseLayer(net, `${name}_block${i}`, x, shape);
  return x;
}

/** Bottleneck of 4k channels, then k new ones (DenseNet-B). */
function denseLayer(net: Builder, name: string, x: LayerRef, { growth, batchNorm }: DenseNetShape): LayerRef {
  const wide = net.relu(`${name}_0_relu`, net.batchNorm(`${name}_0_bn`, x, batchNorm));
  const bottleneck = net.conv(`${name}_1_conv`, wide, 4 * growth, 1);
  const narrow = net.relu(`${name}_1_relu`, net.batchNorm(`${name}_1_bn`, bottleneck, batchNorm));
  return net.concat(`${name}_concat`, [x, net.conv(`${name}_2_conv`, narrow, growth, 3)]);
}

/** Fewer channels (DenseNet-C) and half the side. */
function transition(net: Builder, name: string, x: LayerRef, { compression, batchNorm }: DenseNetShape): LayerRef {
  const activation = net.relu(`${name}_relu`, net.batchNorm(`${name}_bn`, x, batchNorm));
  const conv = net.conv(`${name}_conv`, activation, Math.floor(x.channels * compression), 1);
  return net.averagePool(`${name}_pool`, conv, 2, 2);
}
