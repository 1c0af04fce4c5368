import { describe, expect, test } from "vitest";
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

describe("densenet-mini", () => {
  test.each([64, 128, 256])("has 100 to 200 thousand parameters with a head of %d", (headWidth) => {
    const { total } = countParameters(buildNetwork({ network: "densenet-mini", channels: 1, headWidth }));
    expect(total).toBeGreaterThan(100_000);
    expect(total).toBeLessThan(200_000);
  });
});

test("weights are named once each", () => {
  const names = parametersOf(densenet121).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
