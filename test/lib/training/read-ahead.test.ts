import { afterEach, expect, test, vi } from "vitest";
import { readAhead } from "../../../lib/training/read-ahead.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("the next request is on its way while a value is used, no further one", async () => {
  const started: number[] = [];
  const requests = [0, 1, 2, 3].map((n) => async () => {
    started.push(n);
    return n;
  });
  const seen: [number, number[]][] = [];
  for await (const { value } of readAhead(requests)) seen.push([value, [...started]]);
  expect(seen).toEqual([
    [0, [0, 1]],
    [1, [0, 1, 2]],
    [2, [0, 1, 2, 3]],
    [3, [0, 1, 2, 3]],
  ]);
});

test("waiting is counted, and only waiting", async () => {
  vi.useFakeTimers();
  const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const waits: number[] = [];
  const read = async () => {
    for await (const { waitMs } of readAhead([() => later(60), () => later(60), () => later(60)])) {
      waits.push(waitMs);
      await later([120, 20, 0][waits.length - 1]!);
    }
  };
  await Promise.all([read(), vi.runAllTimersAsync()]);
  expect(waits).toEqual([60, 0, 40]);
});

test("an error comes in its turn, and one that nobody waits for ends no process", async () => {
  const requests = [async () => 1, () => Promise.reject(new Error("torn shard"))];
  const seen: number[] = [];
  await expect(async () => {
    for await (const { value } of readAhead(requests)) seen.push(value);
  }).rejects.toThrow("torn shard");
  expect(seen).toEqual([1]);
  for await (const { value } of readAhead(requests)) {
    expect(value).toBe(1);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
});
