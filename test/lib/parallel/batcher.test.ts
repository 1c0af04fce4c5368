import { expect, test } from "vitest";
import { batcher } from "../../../lib/parallel/batcher.ts";

interface Item {
  readonly value: number;
  readonly kind: string;
}

function recording(largest: number) {
  const batches: number[][] = [];
  const ask = batcher(
    (items: readonly Item[]) => {
      batches.push(items.map(({ value }) => value));
      if (items.some(({ value }) => value < 0)) throw new Error("negative");
      return items.map(({ value }) => value * 10);
    },
    { largest, together: (a, b) => a.kind === b.kind },
  );
  return { batches, ask };
}

test("items that wait go together, at most so many, each with its own answer", async () => {
  const { batches, ask } = recording(3);
  const answers = await Promise.all([1, 2, 3, 4, 5].map((value) => ask({ value, kind: "a" })));
  expect(answers).toEqual([10, 20, 30, 40, 50]);
  expect(batches).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
});

test("one alone is not kept waiting", async () => {
  const { batches, ask } = recording(8);
  expect(await ask({ value: 1, kind: "a" })).toBe(10);
  expect(await ask({ value: 2, kind: "a" })).toBe(20);
  expect(batches).toEqual([[1], [2]]);
});

test("kinds are kept apart, and none is forgotten", async () => {
  const { batches, ask } = recording(8);
  const items = ["a", "b", "a", "b"].map((kind, value) => ask({ value, kind }));
  expect(await Promise.all(items)).toEqual([0, 10, 20, 30]);
  expect(batches).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

test("a batch that fails fails all of its items, and no others", async () => {
  const { ask } = recording(2);
  const settled = await Promise.allSettled([1, -1, 2].map((value) => ask({ value, kind: "a" })));
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
});
