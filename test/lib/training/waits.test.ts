import { afterEach, expect, test, vi } from "vitest";
import { readAhead } from "../../../lib/parallel/read-ahead.ts";
import { waits } from "../../../lib/training/waits.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("waiting is counted, and only waiting", async () => {
  vi.useFakeTimers();
  const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const waited: number[] = [];
  const read = async () => {
    for await (const { waitMs } of waits(readAhead([60, 60, 60], 1, later))) {
      waited.push(waitMs);
      await later([120, 20, 0][waited.length - 1]!);
    }
  };
  await Promise.all([read(), vi.runAllTimersAsync()]);
  expect(waited).toEqual([60, 0, 40]);
});
