import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Kernels } from "../../../lib/contracts/environment.ts";
import { type Random, random } from "../../../lib/domain/random.ts";
import { BLOCK, bestKernels, type NetworkProgram, openNetwork } from "../../../lib/engine/network-addon.ts";

interface Shape {
  readonly rows: number;
  readonly columns: number;
  /** Blocks of 16 channels. */
  readonly inputs: number;
  readonly outputs: number;
  readonly padding: number;
  readonly residual: boolean;
  readonly relu: boolean;
}

const available = Kernels.options.slice(Kernels.options.indexOf(bestKernels()));

const spread = (next: Random, length: number, by: number): Float32Array =>
  Float32Array.from({ length }, () => by * (2 * next() - 1));

/** A point-wise convolution of the picture, then one of 3 x 3, whose result comes back through the heat maps. */
function programOf(shape: Shape, next: Random) {
  const { rows, columns, inputs, outputs, padding, residual, relu } = shape;
  const [depth, channels] = [inputs * BLOCK, outputs * BLOCK];
  const identity = Float32Array.from({ length: channels ** 2 }, (_, i) => Number(i % (channels + 1) === 0));
  const parts = {
    spreading: spread(next, depth, 0.01),
    shifts: spread(next, depth, 1),
    // What is added to the result as a residual is made of the picture too.
    added: spread(next, channels, 0.01),
    kernel: spread(next, 9 * depth * channels, 1 / Math.sqrt(9 * depth)),
    bias: spread(next, channels, 1),
    zeros: new Float32Array(channels),
    ones: new Float32Array(channels).fill(1),
    identity,
  };
  const at: Record<string, number> = {};
  let length = 0;
  for (const [name, { length: own }] of Object.entries(parts)) {
    at[name] = length;
    length += own;
  }
  const extent = { rows: rows - 2 + 2 * padding, columns: columns - 2 + 2 * padding };
  const view = (buffer: number, blocks: number) => ({ buffer, block: 0, blocks });
  const [picture, middle, side, result, open] = [
    view(0, 1),
    view(1, inputs),
    view(2, outputs),
    view(3, outputs),
    view(4, outputs),
  ];
  const point = { kind: "convolution", size: 1, stride: 1, padding: 0 } as const;
  const program: NetworkProgram = {
    buffers: [
      { blocks: 1, rows, columns, border: 0, width: 1 },
      { blocks: inputs, rows, columns, border: padding, width: BLOCK },
      { blocks: outputs, ...extent, border: 0, width: BLOCK },
      { blocks: outputs, ...extent, border: 1, width: BLOCK },
      { blocks: outputs, rows: 1, columns: 1, border: 0, width: BLOCK },
    ],
    parameters: Float32Array.from(Object.values(parts).flatMap((part) => [...part])),
    scale: Float32Array.of(1),
    offset: Float32Array.of(0),
    steps: [
      { ...point, input: picture, output: middle, kernel: at.spreading!, bias: at.shifts! },
      { ...point, input: picture, output: side, kernel: at.added! },
      {
        ...point,
        ...{ input: middle, output: result, size: 3, padding, kernel: at.kernel!, bias: at.bias!, relu },
        ...(residual && { residual: side }),
      },
      // Every hidden unit is open, so that a map is the activation where that is above 0.
      { ...point, input: picture, output: open, kernel: at.zeros!, bias: at.ones! },
    ],
    features: open,
    explained: {
      ...{ activation: result, hidden: open, logits: open },
      ...{ hiddenKernel: at.identity!, logitsKernel: at.identity! },
    },
  };
  return { program, parts, extent };
}

/** The same in double precision, term by term. */
function expectedOf(shape: Shape, grey: Uint8Array, { parts, extent }: ReturnType<typeof programOf>): Float64Array {
  const { rows, columns, inputs, outputs, padding, residual } = shape;
  const [depth, channels] = [inputs * BLOCK, outputs * BLOCK];
  const places = extent.rows * extent.columns;
  const maps = new Float64Array(channels * places);
  for (let row = 0; row < extent.rows; row += 1) {
    for (let column = 0; column < extent.columns; column += 1) {
      const sums = Float64Array.from(parts.bias);
      for (let tap = 0; tap < 9; tap += 1) {
        const [y, x] = [row + Math.floor(tap / 3) - padding, column + (tap % 3) - padding];
        if (y < 0 || y >= rows || x < 0 || x >= columns) continue;
        for (let i = 0; i < depth; i += 1) {
          const value = grey[y * columns + x]! * parts.spreading[i]! + parts.shifts[i]!;
          const offset = (tap * depth + i) * channels;
          for (let c = 0; c < channels; c += 1) sums[c]! += value * parts.kernel[offset + c]!;
        }
      }
      const under = grey[row * columns + column]!;
      for (let c = 0; c < channels; c += 1) {
        const sum = sums[c]! + (residual ? under * parts.added[c]! : 0);
        maps[c * places + row * extent.columns + column] = Math.max(0, sum) / places;
      }
    }
  }
  return maps;
}

describe("a convolution of 3 x 3", () => {
  const shape: fc.Arbitrary<Shape> = fc.record({
    rows: fc.integer({ min: 3, max: 25 }),
    columns: fc.integer({ min: 3, max: 25 }),
    inputs: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 4 }),
    padding: fc.constantFrom(0, 1),
    residual: fc.boolean(),
    relu: fc.boolean(),
  });
  const base = { inputs: 1, outputs: 1, padding: 1, residual: false, relu: true };
  /** Odd and even edges, few weights for many pixels, many weights for few, and too few pixels for Winograd's way. */
  const examples: readonly Shape[] = [
    { ...base, rows: 10, columns: 10 },
    { ...base, rows: 11, columns: 13, residual: true },
    { ...base, rows: 40, columns: 3, padding: 0 },
    { ...base, rows: 12, columns: 12, inputs: 4, outputs: 8, relu: false },
    { ...base, rows: 64, columns: 65, outputs: 3 },
    { ...base, rows: 9, columns: 9, inputs: 2, outputs: 3 },
  ];

  it("is what its definition says, the same bytes whatever the processor and the threads", () => {
    fc.assert(
      fc.property(shape, fc.nat(1_000_000), (chosen, seed) => {
        const next = random(seed, "convolution");
        const made = programOf(chosen, next);
        const grey = Uint8Array.from({ length: chosen.rows * chosen.columns }, () => Math.floor(256 * next()));
        const expected = expectedOf(chosen, grey, made);
        const largest = expected.reduce((most, value) => Math.max(most, value), 0);
        const found = [...available, ...available].map((kernels, i) => {
          const network = openNetwork(made.program, { kernels, threads: i < available.length ? 1 : 3 });
          // The second time over what the first one left.
          network.run(grey.toReversed(), { maps: true });
          const { maps } = network.run(grey, { maps: true });
          network.close();
          return { kernels, maps: maps! };
        });
        for (const { maps } of found) {
          const error = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - maps[i]!)), 0);
          expect(error).toBeLessThan(2e-6 * largest + 1e-9);
        }
        const fused = found.filter(({ kernels }) => kernels !== "plain");
        for (const { maps } of fused) expect(maps).toEqual(fused[0]!.maps);
      }),
      { numRuns: 40, examples: examples.map((example, i) => [example, i]) },
    );
  });
});
