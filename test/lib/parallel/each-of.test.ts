import fc from "fast-check";
import { expect, test } from "vitest";
import { eachOf } from "../../../lib/parallel/each-of.ts";

/** Lets what waits for nothing but other promises go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("results stand in the items' order, at most so many on their way, as many as there may be", async () => {
  const shape = { turns: fc.array(fc.nat({ max: 4 }), { maxLength: 30 }), atOnce: fc.integer({ min: 1, max: 8 }) };
  await fc.assert(
    fc.asyncProperty(fc.record(shape), async ({ turns, atOnce }) => {
      let [inside, most] = [0, 0];
      const results = await eachOf(turns.values(), atOnce, async (wait, index) => {
        inside += 1;
        most = Math.max(most, inside);
        for (let turn = 0; turn <= wait; turn += 1) await settled();
        inside -= 1;
        return index;
      });
      expect(results).toEqual([...turns.keys()]);
      expect(most).toBe(Math.min(atOnce, turns.length));
    }),
    { numRuns: 50 },
  );
});

test("after one has failed nothing is begun, and what is on its way is told why", async () => {
  const fault = new Error("film 2 is none");
  const begun: number[] = [];
  const told: unknown[] = [];
  const work = async (item: number, _: number, signal: AbortSignal) => {
    begun.push(item);
    signal.addEventListener("abort", () => told.push(signal.reason));
    await settled();
    if (item === 2) throw fault;
    await settled();
  };
  await expect(eachOf(Array(40).keys(), 4, work)).rejects.toBe(fault);
  for (let turn = 0; turn < 10; turn += 1) await settled();
  expect(begun).toEqual([0, 1, 2, 3]);
  expect(told).toEqual([fault, fault, fault, fault]);
});

test("a signal ends it: before it has begun, and while it is at it", async () => {
  const begun: number[] = [];
  const stopping = new AbortController();
  const work = async (item: number) => {
    begun.push(item);
    await settled();
    if (item === 3) stopping.abort(new Error("the caller has gone"));
  };
  const { signal } = stopping;
  await expect(eachOf(Array(40).keys(), 2, work, { signal })).rejects.toThrow("the caller has gone");
  await settled();
  expect(begun.length).toBeLessThanOrEqual(5);
  const before = begun.length;
  await expect(eachOf([7], 2, work, { signal })).rejects.toThrow("the caller has gone");
  expect(begun).toHaveLength(before);
});

test("what the items themselves throw is thrown", async () => {
  function* items() {
    yield 1;
    throw new Error("a torn list");
  }
  await expect(eachOf(items(), 2, async (item) => item)).rejects.toThrow("a torn list");
});
