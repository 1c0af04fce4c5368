import { describe, expect, test } from "vitest";
import type { NetworkName, Normalisation } from "../../../lib/contracts/run-config.ts";
import { Graph } from "../../../lib/engine/graph/graph.ts";
import * as op from "../../../lib/engine/graph/operations.ts";
import { openGraph } from "../../../lib/engine/session.ts";
import { normalise } from "../../../lib/model/normalisation.ts";

/** What the graph makes of four grey values, channel after channel at each. */
function normalised(
  grey: readonly number[],
  normalisation: Normalisation,
  channels: 1 | 3,
  network: NetworkName = "densenet121",
): number[] {
  const graph = new Graph();
  const pixels = op.placeholder(graph, "pixels", "uint8", [null, 2, 2]);
  const image = normalise(pixels, { network, normalisation, channels });
  graph.addSignature("run", { inputs: { pixels }, outputs: { image } });
  const session = openGraph(graph);
  try {
    const answer = session.run("run", { pixels: { shape: [1, 2, 2], values: Uint8Array.from(grey) } });
    expect(answer.image!.shape).toEqual([1, 2, 2, channels]);
    return [...answer.image!.values];
  } finally {
    session.close();
  }
}

const expectClose = (actual: readonly number[], expected: readonly number[], digits = 5) => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, digits);
  });
};

describe("grey values become", () => {
  test("shares of white", () => {
    expectClose(normalised([0, 51, 204, 255], "unit", 1), [0, 0.2, 0.8, 1]);
  });

  test("values around zero", () => {
    expectClose(normalised([0, 51, 204, 255], "symmetric", 1), [-1, -0.6, 0.6, 1]);
  });

  test("three equal channels where a network has three", () => {
    expectClose(normalised([0, 51, 0, 255], "unit", 3), [0, 0, 0, 0.2, 0.2, 0.2, 0, 0, 0, 1, 1, 1]);
  });

  test("what torchvision's Normalize makes of them, with ImageNet's numbers", () => {
    const at = (share: number) => [(share - 0.485) / 0.229, (share - 0.456) / 0.224, (share - 0.406) / 0.225];
    expectClose(normalised([0, 51, 204, 255], "imagenet", 3), [0, 0.2, 0.8, 1].flatMap(at));
  });

  test.each(["vgg16", "resnet50"] as const)("blue, green and red less Caffe's means for %s", (network) => {
    const at = (grey: number) => [grey - 103.939, grey - 116.779, grey - 123.68];
    expectClose(normalised([0, 51, 204, 255], "imagenet", 3, network), [0, 51, 204, 255].flatMap(at), 4);
  });

  test("grey less the mean of those three where a network has one channel", () => {
    const mean = (103.939 + 116.779 + 123.68) / 3;
    const expected = [0, 51, 204, 255].map((grey) => grey - mean);
    expectClose(normalised([0, 51, 204, 255], "imagenet", 1, "vgg16"), expected, 4);
  });
});
