import type { Backbone } from "./network.ts";

/** A column of table 1 in Simonyan and Zisserman 2015, "Very Deep Convolutional Networks". */
export interface VggShape {
  /** 3 x 3 convolutions before each pooling: how many, and how wide. */
  readonly blocks: readonly { readonly convolutions: number; readonly filters: number }[];
}

/** Names, order and numbers of Keras's `keras.applications.VGG16` (column D). */
export const VGG_16: VggShape = {
  blocks: [
    { convolutions: 2, filters: 64 },
    { convolutions: 2, filters: 128 },
    { convolutions: 3, filters: 256 },
    { convolutions: 3, filters: 512 },
    { convolutions: 3, filters: 512 },
  ],
};

/** A small sibling: stride 16 in all, so that 112 x 112 ends in 7 x 7. */
export const VGG_MINI: VggShape = {
  blocks: [
    { convolutions: 1, filters: 16 },
    { convolutions: 1, filters: 32 },
    { convolutions: 2, filters: 48 },
    { convolutions: 2, filters: 64 },
  ],
};

/** Keras has each convolution and its ReLU as one layer; here the ReLU has a name of its own. */
export function vgg({ blocks }: VggShape): Backbone {
  return (net, image) => {
    let x = image;
    blocks.forEach(({ convolutions, filters }, i) => {
      const block = `block${i + 1}`;
      for (let n = 1; n <= convolutions; n += 1) {
        const name = `${block}_conv${n}`;
        x = net.relu(`${name}_relu`, net.conv(name, x, filters, 3, { bias: true }));
      }
      x = net.maxPool(`${block}_pool`, x, 2, 2);
    });
    return x;
  };
}
