import { describe, expect, test } from "vitest";
import { cellArea } from "../../../lib/model/cell-area.ts";
import { buildNetwork } from "../../../lib/model/networks.ts";
import { countParameters, parametersOf } from "../../../lib/model/parameters.ts";

const densenet121 = buildNetwork({ network: "densenet121", channels: 3, headWidth: 1024 });

describe("densenet121", () => {
  test("has Keras's number of parameters with its head", () => {
    expect(countParameters(densenet121)).toEqual({ total: 8_101_454, trainable: 8_017_806 });
  });

  test("trains its head alone when the backbone is frozen", () => {
    expect(countParameters(densenet121, "head")).toEqual({ total: 8_101_454, trainable: 1_063_950 });
  });

  test("names its layers as Keras does", () => {
    const names = parametersOf(densenet121).map(({ name }) => name);
    expect(names.slice(0, 6)).toEqual([
      "conv1_conv/kernel",
      "conv1_bn/gamma",
      "conv1_bn/beta",
      "conv1_bn/moving_mean",
      "conv1_bn/moving_variance",
      "conv2_block1_0_bn/gamma",
    ]);
    expect(names).toContain("conv5_block16_2_conv/kernel");
    expect(names).toContain("pool4_conv/kernel");
    expect(names.at(-5)).toBe("bn/moving_variance");
  });

  test("keeps grey films at one channel where it is told to", () => {
    const grey = buildNetwork({ network: "densenet121", channels: 1, headWidth: 1024 });
    expect(parametersOf(grey)[0]!.shape).toEqual([7, 7, 1, 64]);
    expect(countParameters(grey).total).toBe(8_101_454 - 2 * 7 * 7 * 64);
  });
});

describe("vgg16", () => {
  const vgg16 = buildNetwork({ network: "vgg16", channels: 3, headWidth: 1024 });

  test("has Keras's 14,714,688 parameters and its head's 539,662", () => {
    const total = 14_714_688 + 539_662;
    expect(countParameters(vgg16)).toEqual({ total, trainable: total });
    expect(countParameters(vgg16, "head")).toEqual({ total, trainable: 539_662 });
  });

  test("names its weights as Keras does", () => {
    const names = parametersOf(vgg16).map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(["block1_conv1/kernel", "block1_conv1/bias"]);
    expect(names.slice(-6, -4)).toEqual(["block5_conv3/kernel", "block5_conv3/bias"]);
  });
});

describe("resnet50", () => {
  const resnet50 = buildNetwork({ network: "resnet50", channels: 3, headWidth: 1024 });

  test("has Keras's 23,587,712 parameters, 53,120 of them statistics, and its head's 2,112,526", () => {
    const total = 23_587_712 + 2_112_526;
    expect(countParameters(resnet50)).toEqual({ total, trainable: total - 53_120 });
    expect(countParameters(resnet50, "head")).toEqual({ total, trainable: 2_112_526 });
  });

  test("has its layers in Keras's order", () => {
    const names = resnet50.layers.map(({ name }) => name);
    const first = names.indexOf("conv2_block1_1_conv");
    expect(names.slice(first, first + 12)).toEqual([
      "conv2_block1_1_conv",
      "conv2_block1_1_bn",
      "conv2_block1_1_relu",
      "conv2_block1_2_conv",
      "conv2_block1_2_bn",
      "conv2_block1_2_relu",
      "conv2_block1_0_conv",
      "conv2_block1_3_conv",
      "conv2_block1_0_bn",
      "conv2_block1_3_bn",
      "conv2_block1_add",
      "conv2_block1_out",
    ]);
    expect(names[first + 12]).toBe("conv2_block2_1_conv");
    expect(resnet50.features).toBe("conv5_block3_out");
  });
});

describe.each(["densenet-mini", "vgg-mini", "resnet-mini"] as const)("%s", (network) => {
  test.each([64, 128, 256])("has 50 to 200 thousand parameters with a head of %d", (headWidth) => {
    const { total } = countParameters(buildNetwork({ network, channels: 1, headWidth }));
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(200_000);
  });

  test("ends in 7 x 7 cells for 112 x 112 pixels", () => {
    const { width, x } = cellArea(buildNetwork({ network, channels: 1, headWidth: 64 }), 112);
    expect(width).toBe(112);
    // Less than half a cell: ResNet's 1 x 1 windows of stride 2 look at the first of two pixels.
    expect(Math.abs(x)).toBeLessThan(8);
  });
});

test.each(["densenet121", "vgg16", "resnet50"] as const)("%s names its weights once each", (network) => {
  const names = parametersOf(buildNetwork({ network, channels: 3, headWidth: 64 })).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
