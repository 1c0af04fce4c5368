import { afterAll, describe, expect, test } from "vitest";
import { random } from "../../../lib/domain/random.ts";
import { Graph } from "../../../lib/engine/graph/graph.ts";
import * as op from "../../../lib/engine/graph/operations.ts";
import { openGraph } from "../../../lib/engine/session.ts";
import { augmentationInputs, writeAugmentation } from "../../../lib/model/augmentation.ts";
import type { Augmentation } from "../../../lib/model/session.ts";
import { drawAugmentation } from "../../../lib/training/augment.ts";
import { python } from "../../python.ts";

const SIZE = 21;
const AREA = SIZE * SIZE;
const COUNT = 6;

const graph = new Graph();
const pixels = op.placeholder(graph, "pixels", "uint8", [null, SIZE, SIZE]);
const inputs = augmentationInputs(graph);
graph.addSignature("run", {
  inputs: { pixels, ...inputs },
  outputs: { films: writeAugmentation(pixels, inputs) },
});
const session = openGraph(graph);
afterAll(() => session.close());

const next = random(1, "films");
const films = Uint8Array.from({ length: COUNT * AREA }, () => Math.floor(next() * 256));

const augmented = ({ transforms, contrasts }: Augmentation): Float32Array =>
  session.run("run", {
    pixels: { shape: [COUNT, SIZE, SIZE], values: films },
    transforms: { shape: [COUNT, 8], values: transforms },
    contrasts: { shape: [COUNT], values: contrasts },
  }).films!.values;

const draw = (rotation: number, scale: number, shift: number, contrast: number) =>
  drawAugmentation(COUNT, SIZE, { rotation, scale, shift, contrast }, (n) => random(2, n));

/** The same by scipy, in its own words: bilinear, zero beyond the border, contrast about the mean. */
const SCIPY = `
import json, sys
import numpy as np
from scipy.ndimage import affine_transform
given = json.load(sys.stdin)
films = np.array(given["films"], np.float64).reshape(given["shape"])
result = []
for film, (a, b, c, d, e, f, _, _), contrast in zip(films, np.array(given["transforms"]).reshape(-1, 8), given["contrasts"]):
    moved = affine_transform(film, [[e, d], [b, a]], [f, c], order=1, mode="grid-constant", cval=0)
    result.append(np.clip(moved.mean() + (1 + contrast) * (moved - moved.mean()), 0, 255))
print(json.dumps(np.stack(result).ravel().tolist()))
`;

describe("films in the training graph", () => {
  test("an identity gives the very pixels", () => {
    expect(augmented(draw(0, 0, 0, 0))).toEqual(Float32Array.from(films));
  });

  test("a shift gives the very pixels elsewhere, and black beside them", () => {
    const transforms = new Float32Array(COUNT * 8).map((_, i) => [1, 0, -3, 0, 1, 2, 0, 0][i % 8]!);
    const moved = augmented({ transforms, contrasts: new Float32Array(COUNT) });
    const expected = Float32Array.from({ length: COUNT * AREA }, (_, i) => {
      const [x, y] = [(i % SIZE) - 3, (Math.floor(i / SIZE) % SIZE) + 2];
      return x < 0 || y >= SIZE ? 0 : films[Math.floor(i / AREA) * AREA + y * SIZE + x]!;
    });
    expect(moved).toEqual(expected);
  });

  test("turned, scaled, moved and with another contrast they are as scipy makes them", async () => {
    const augmentation = draw(15, 0.2, 0.1, 0.4);
    const expected = await python<number[]>(SCIPY, {
      films: [...films],
      shape: [COUNT, SIZE, SIZE],
      transforms: [...augmentation.transforms],
      contrasts: [...augmentation.contrasts],
    });
    const found = augmented(augmentation);
    const worst = Math.max(...expected.map((value, i) => Math.abs(value - found[i]!)));
    expect(worst).toBeLessThan(0.01);
    expect(expected).not.toEqual([...films]);
  });
});
