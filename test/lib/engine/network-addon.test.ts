import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  BLOCK,
  type BufferShape,
  bestKernels,
  type NetworkProgram,
  openNetwork,
  type ProgramStep,
} from "../../../lib/engine/network-addon.ts";
import { emptyProgram } from "../model/programs.ts";

const view = { buffer: 1, block: 0, blocks: 1 };
const POINT: ProgramStep = {
  kind: "convolution",
  input: view,
  output: view,
  size: 1,
  stride: 1,
  padding: 0,
  kernel: 0,
};
const programOf = (step: Partial<ProgramStep>): NetworkProgram => emptyProgram({ steps: [{ ...POINT, ...step }] });

const [ONE_CHANNEL, BLOCKS] = emptyProgram().buffers as [BufferShape, BufferShape];
const NO_CHANNELS = { buffers: [{ ...ONE_CHANNEL, width: 0 }, BLOCKS] };
/** Whose products, in 64 bits, come out small again. */
const withBorder = (border: number, rows = 1): BufferShape[] => [
  ONE_CHANNEL,
  { ...BLOCKS, border, rows, columns: rows },
];
/** As many channels as two blocks have, in one. */
const ofWidePicture = (step: Partial<ProgramStep>): NetworkProgram => ({
  ...programOf({ ...step, output: { ...view, blocks: 2 } }),
  buffers: [
    { ...ONE_CHANNEL, width: 2 * BLOCK },
    { ...BLOCKS, blocks: 2 },
  ],
  scale: new Float32Array(2 * BLOCK),
  offset: new Float32Array(2 * BLOCK),
});

describe("a program that would leave its memory is refused", () => {
  it.each<[string, NetworkProgram]>([
    ["a buffer that is not there", programOf({ input: { ...view, buffer: 2 } })],
    ["a negative buffer", programOf({ output: { ...view, buffer: -1 } })],
    ["blocks that are not there", programOf({ input: { ...view, blocks: 2 } })],
    ["a first block that is not there", programOf({ output: { ...view, block: 1 } })],
    ["blocks whose sum overflows", programOf({ input: { ...view, block: 2 ** 31 - 1, blocks: 2 ** 31 - 1 } })],
    ["a kernel that is too short", programOf({ kernel: 1 })],
    ["no kernel", programOf({ kernel: -1 })],
    ["a bias behind the end", programOf({ bias: BLOCK * BLOCK - BLOCK + 1 })],
    ["scale without shift", programOf({ kind: "affine", scale: 0 })],
    ["a window wider than its input", programOf({ size: 3 })],
    ["a padding beyond the border", programOf({ size: 3, padding: 1 })],
    ["a negative padding", programOf({ padding: -1 })],
    ["a stride of 0", programOf({ stride: 0 })],
    ["a window of 0", programOf({ size: 0 })],
    ["the picture as output", programOf({ output: { ...view, buffer: 0 } })],
    ["a residual that is not there", programOf({ residual: { ...view, buffer: 7 } })],
    ["pooling of one pixel", programOf({ scale: 0, shift: 0, size: 2, stride: 2, pooled: true })],
    ["features that are not there", emptyProgram({ features: { ...view, buffer: 2 } })],
    [
      "a hidden kernel that is too short",
      emptyProgram({ explained: { ...emptyProgram().explained, hiddenKernel: 1 } }),
    ],
    ["no buffers", emptyProgram({ buffers: [] })],
    ["a picture of other channels", emptyProgram({ scale: Float32Array.of(1, 1) })],
    ["shift without scale", programOf({ shift: 0 })],
    ["a shift behind the end, without scale", programOf({ shift: 2 ** 31 - 1 })],
    ["a mean of the picture's channels", programOf({ kind: "mean", input: { ...view, buffer: 0 } })],
    ["a maximum of a wide picture", ofWidePicture({ kind: "maximum", input: { ...view, buffer: 0 } })],
    ["the picture as a residual", programOf({ residual: { ...view, buffer: 0 } })],
    ["the picture as features", emptyProgram({ features: { ...view, buffer: 0 } })],
    [
      "the picture as what is explained",
      emptyProgram({ explained: { ...emptyProgram().explained, activation: { ...view, buffer: 0 } } }),
    ],
    [
      "a picture of no channels",
      emptyProgram({ ...NO_CHANNELS, scale: new Float32Array(), offset: new Float32Array() }),
    ],
    ["a border whose extent overflows", emptyProgram({ buffers: withBorder(2 ** 31 - 1) })],
    ["a border of 2^16, all around 2^16 x 2^16", emptyProgram({ buffers: withBorder(2 ** 16, 2 ** 16) })],
    [
      "a buffer of 2^40 values",
      emptyProgram({ buffers: [{ blocks: 1, rows: 2 ** 20, columns: 2 ** 20, border: 0, width: 1 }] }),
    ],
  ])("%s", (_, program) => {
    expect(() => openNetwork(program)).toThrow(RangeError);
  });
});

describe("an open network", () => {
  it("refuses grey values of half a film, and any after it is closed", () => {
    const network = openNetwork(emptyProgram());
    expect([...network.run(new Uint8Array(3), { maps: true }).logits]).toHaveLength(3 * BLOCK);
    network.close();
    network.close();
    expect(() => network.run(new Uint8Array(1), { maps: false })).toThrow(/closed/);
  });

  it("refuses kernels that no processor has", () => {
    expect(() => openNetwork(emptyProgram(), { kernels: "none" as "plain" })).toThrow(/no kernels none/);
  });

  describe("under HILUM_KERNELS", () => {
    afterEach(() => vi.unstubAllEnvs());

    it("computes with those that it names", () => {
      vi.stubEnv("HILUM_KERNELS", "plain");
      expect(bestKernels()).toBe("plain");
    });

    it("refuses what is no kernels' name", () => {
      vi.stubEnv("HILUM_KERNELS", "none");
      expect(() => openNetwork(emptyProgram())).toThrow(/environment: HILUM_KERNELS: .*"avx512"/);
    });
  });

  it("computes a 1 x 1 convolution with bias, residual and ReLU as written", () => {
    const values = fc.float({ min: -8, max: 8, noNaN: true });
    fc.assert(
      fc.property(fc.array(values, { minLength: 4 * BLOCK, maxLength: 4 * BLOCK }), fc.nat(255), (numbers, grey) => {
        const [kernel, bias, scale, shift] = [0, 1, 2, 3].map((i) =>
          Float32Array.from(numbers.slice(i * BLOCK, (i + 1) * BLOCK)),
        );
        const [first, second] = [view, { ...view, buffer: 2 }];
        const buffer = { blocks: 1, rows: 1, columns: 1, border: 0, width: BLOCK };
        const network = openNetwork({
          ...emptyProgram(),
          buffers: [{ ...buffer, width: 1 }, buffer, buffer],
          parameters: Float32Array.from([
            ...kernel!,
            ...bias!,
            ...scale!,
            ...shift!,
            ...new Float32Array(BLOCK * BLOCK),
          ]),
          steps: [
            { ...POINT, input: { ...view, buffer: 0 }, output: first, bias: BLOCK, relu: true },
            { ...POINT, kind: "affine", input: first, output: second, scale: 2 * BLOCK, shift: 3 * BLOCK },
          ],
          features: second,
          explained: {
            activation: first,
            hidden: first,
            logits: first,
            hiddenKernel: 4 * BLOCK,
            logitsKernel: 4 * BLOCK,
          },
        });
        const { logits, features } = network.run(Uint8Array.of(grey), { maps: false });
        network.close();
        kernel!.forEach((weight, i) => {
          const y = Math.max(0, weight * grey + bias![i]!);
          expect(logits[i]).toBeCloseTo(y, 3);
          expect(features[i]).toBeCloseTo(Math.max(0, y * scale![i]! + shift![i]!), 2);
        });
      }),
      { numRuns: 50 },
    );
  });
});
