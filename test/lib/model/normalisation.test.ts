import { describe, expect, test } from "vitest";
import type { Normalisation } from "../../../lib/contracts/run-config.ts";
import { Graph } from "../../../lib/engine/graph/graph.ts";
import * as op from "../../../lib/engine/graph/operations.ts";
import { openGraph } from "../../../lib/engine/session.ts";
import { normalise } from "../../../lib/model/normalisation.ts";

/** What the graph makes of four grey values, channel after channel at each. */
function normalised(grey: readonly number[], normalisation: Normalisation, channels: 1 | 3): number[] {
  const graph = new Graph();
  const pixels = op.placeholder(graph, "pixels", "uint8", [null, 2, 2]);
  graph.addSignature("run", { inputs: { pixels }, outputs: { image: normalise(pixels, normalisation, channels) } });
  const session = openGraph(graph);
  try {
    const { image } = session.run("run", { pixels: { shape: [1, 2, 2], values: Uint8Array.from(grey) } });
    expect(image!.shape).toEqual([1, 2, 2, channels]);
    return [...image!.values];
  } finally {
    session.close();
  }
}

const expectClose = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 5);
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
});
