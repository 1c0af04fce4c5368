import type { Backbone, Builder, LayerRef } from "./network.ts";

/** A column of table 1 in He et al. 2016, "Deep Residual Learning for Image Recognition". */
export interface ResNetShape {
  readonly stem: { readonly filters: number; readonly size: number };
  /** Bottleneck blocks of each stage, and the filters of their narrow layers; the wide one has four times as many. */
  readonly stages: readonly { readonly blocks: number; readonly filters: number }[];
  readonly batchNorm: { readonly epsilon: number; readonly momentum: number };
}

/** Names, order and numbers of Keras's `keras.applications.ResNet50`. */
export const RESNET_50: ResNetShape = {
  stem: { filters: 64, size: 7 },
  stages: [
    { blocks: 3, filters: 64 },
    { blocks: 4, filters: 128 },
    { blocks: 6, filters: 256 },
    { blocks: 3, filters: 512 },
  ],
  batchNorm: { epsilon: 1.001e-5, momentum: 0.99 },
};

/** A small sibling: stride 16 in all, so that 112 x 112 ends in 7 x 7; batch statistics that settle soon. */
export const RESNET_MINI: ResNetShape = {
  stem: { filters: 16, size: 5 },
  stages: [
    { blocks: 2, filters: 8 },
    { blocks: 2, filters: 16 },
    { blocks: 2, filters: 32 },
  ],
  batchNorm: { epsilon: 1.001e-5, momentum: 0.9 },
};

const WIDENING = 4;

export function resNet(shape: ResNetShape): Backbone {
  return (net, image) => {
    let x = stem(net, image, shape);
    shape.stages.forEach(({ blocks, filters }, i) => {
      for (let n = 1; n <= blocks; n += 1) {
        const stride = n === 1 && i > 0 ? 2 : 1;
        x = bottleneck(net, `conv${i + 2}_block${n}`, x, { filters, stride, projects: n === 1 }, shape);
      }
    });
    return x;
  };
}

/** Convolution and pooling, each of stride 2. */
function stem(net: Builder, image: LayerRef, { stem: { filters, size }, batchNorm }: ResNetShape): LayerRef {
  const padded = net.zeroPad("conv1_pad", image, (size - 1) / 2);
  const conv = net.conv("conv1_conv", padded, filters, size, { stride: 2, padding: "valid", bias: true });
  const activation = net.relu("conv1_relu", net.batchNorm("conv1_bn", conv, batchNorm));
  return net.maxPool("pool1_pool", net.zeroPad("pool1_pad", activation, 1), 3, 2);
}

interface BlockShape {
  readonly filters: number;
  /** Of the first convolution, as in the paper; later re-implementations move it to the 3 x 3 one. */
  readonly stride: number;
  /** Whether the shortcut is a convolution: where a stage begins, and so channels and side change. */
  readonly projects: boolean;
}

/** 1 x 1, 3 x 3, 1 x 1, and what came in is added (figure 5, right). */
function bottleneck(net: Builder, name: string, x: LayerRef, block: BlockShape, { batchNorm }: ResNetShape): LayerRef {
  const { filters, stride, projects } = block;
  const wide = WIDENING * filters;
  const conv = (n: number, from: LayerRef, channels: number, size: number, strideOf = 1) =>
    net.conv(`${name}_${n}_conv`, from, channels, size, { stride: strideOf, bias: true });
  const norm = (n: number, from: LayerRef) => net.batchNorm(`${name}_${n}_bn`, from, batchNorm);
  const relu = (n: number, from: LayerRef) => net.relu(`${name}_${n}_relu`, from);

  const narrow = relu(1, norm(1, conv(1, x, filters, 1, stride)));
  const window = relu(2, norm(2, conv(2, narrow, filters, 3)));
  // Keras lists the layers of both ways by their distance from the end.
  const projected = projects ? conv(0, x, wide, 1, stride) : undefined;
  const widened = conv(3, window, wide, 1);
  const shortcut = projected === undefined ? x : norm(0, projected);
  const sum = net.add(`${name}_add`, shortcut, norm(3, widened));
  return net.relu(`${name}_out`, sum);
}
