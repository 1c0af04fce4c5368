import { describe, expect, it } from "vitest";
import type { Rectangle } from "../../../lib/domain/geometry.ts";
import { cellArea } from "../../../lib/model/cell-area.ts";
import { DENSENET_121, denseNet } from "../../../lib/model/densenet.ts";
import { type LayerRef, networkBuilder } from "../../../lib/model/network.ts";

/** A chain of layers as a network whose last layer is the grid. */
function chain(build: (net: ReturnType<typeof networkBuilder>, image: LayerRef) => LayerRef) {
  const net = networkBuilder();
  const features = build(net, net.input(1)).name;
  return { layers: net.layers, features, logits: features, backbone: new Set<string>() };
}

const squareAt = (start: number, side: number): Rectangle => ({ x: start, y: start, width: side, height: side });

describe("cellArea", () => {
  it("is the square itself where windows and strides are even", () => {
    const halves = chain((net, x) => net.averagePool("b", net.averagePool("a", x, 2, 2), 2, 2));
    expect(cellArea(halves, 16)).toEqual(squareAt(0, 16));
  });

  it("stays where it is under odd windows of stride 1", () => {
    const same = chain((net, x) => net.conv("b", net.conv("a", x, 1, 3), 1, 7));
    expect(cellArea(same, 16)).toEqual(squareAt(0, 16));
  });

  it("moves half a pixel under an odd window of stride 2 with padding on both sides", () => {
    const strided = chain((net, x) => net.maxPool("a", net.zeroPad("pad", x, 1), 3, 2));
    expect(cellArea(strided, 16)).toEqual(squareAt(-0.5, 16));
  });

  it("puts DenseNet-121's cells 1.5 pixels left and up of an even division", () => {
    expect(cellArea(chain(denseNet(DENSENET_121)), 224)).toEqual(squareAt(-1.5, 224));
  });
});
