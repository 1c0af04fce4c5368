import { expect, it } from "vitest";
import { recordOf } from "../../../lib/domain/record-of.ts";

it("has each name's value, in the names' order", () => {
  const made = recordOf(["b", "a"], (name, index) => `${name}${index}`);
  expect(Object.entries(made)).toEqual([
    ["b", "b0"],
    ["a", "a1"],
  ]);
});
