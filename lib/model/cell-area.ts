import type { Rectangle } from "../domain/geometry.ts";
import type { Layer, Network } from "./network.ts";
import { INPUT } from "./network.ts";

/** One axis of a grid of activations: how many cells, how far apart, and where the first one's centre is, in pixels. */
interface Axis {
  readonly cells: number;
  readonly stride: number;
  readonly first: number;
}

/**
 * Where the cells of a network's last grid lie on its square, in pixels: the rectangle that they divide evenly. Not quite
 * the square itself: a window with padding on both sides looks at the middle of its pixels, one of even size between
 * two, so that DenseNet's cells stand 1.5 pixels further left and up than an even division of the square would put them.
 */
export function cellArea(network: Network, size: number): Rectangle {
  const axes = new Map<string, Axis>([[INPUT, { cells: size, stride: 1, first: 0.5 }]]);
  for (const layer of network.layers) {
    if (layer.name !== INPUT) axes.set(layer.name, axisAfter(layer, axes.get(layer.inputs[0]!)!));
    if (layer.name === network.features) break;
  }
  const { cells, stride, first } = axes.get(network.features)!;
  const start = first - stride / 2;
  return { x: start, y: start, width: cells * stride, height: cells * stride };
}

/** Layers that look at one place at a time, concat and add included, leave the grid as it is. */
function axisAfter(layer: Layer, axis: Axis): Axis {
  if (layer.kind === "zeroPad") {
    const [before, after] = layer.settings.columns;
    return { ...axis, cells: axis.cells + before + after, first: axis.first - before * axis.stride };
  }
  if (layer.kind !== "conv" && layer.kind !== "maxPool" && layer.kind !== "averagePool") return axis;
  const { size, stride, padding } = layer.settings;
  const cells = padding === "same" ? Math.ceil(axis.cells / stride) : Math.floor((axis.cells - size) / stride) + 1;
  const padded = padding === "same" ? Math.max(0, (cells - 1) * stride + size - axis.cells) : 0;
  const middle = (size - 1) / 2 - Math.floor(padded / 2);
  return { cells, stride: axis.stride * stride, first: axis.first + middle * axis.stride };
}
