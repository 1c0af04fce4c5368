import { expect, test } from "vitest";
import { readAhead } from "../../../lib/parallel/read-ahead.ts";

const call = <T>(request: () => Promise<T>): Promise<T> => request();

test("the next are on their way while a value is used, no further ones", async () => {
  for (const ahead of [1, 3]) {
    const started: number[] = [];
    const seen: [number, number][] = [];
    const work = async (n: number) => {
      started.push(n);
      return n;
    };
    for await (const value of readAhead([0, 1, 2, 3, 4, 5].values(), ahead, work)) seen.push([value, started.length]);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5].map((n) => [n, Math.min(6, n + 1 + ahead)]));
  }
});

test("results come in order, so many at a time", async () => {
  let [inside, most] = [0, 0];
  const results: number[] = [];
  const work = async (item: number) => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
    inside -= 1;
    return item;
  };
  for await (const result of readAhead(Array(30).keys(), 6, work)) results.push(result);
  expect(results).toEqual([...Array(30).keys()]);
  expect(most).toBe(6);
});

test("an error comes in its turn, and one that nobody waits for ends no process", async () => {
  const requests = [async () => 1, () => Promise.reject(new Error("torn shard"))];
  const seen: number[] = [];
  await expect(async () => {
    for await (const value of readAhead(requests, 2, call)) seen.push(value);
  }).rejects.toThrow("torn shard");
  expect(seen).toEqual([1]);
  for await (const value of readAhead(requests, 2, call)) {
    expect(value).toBe(1);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 10));
});
