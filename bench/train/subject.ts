import { text } from "node:stream/consumers";
import { random } from "../../lib/domain/random.ts";
import type { Task } from "../train.ts";

export const readTask = async (): Promise<Task> => JSON.parse(await text(process.stdin)) as Task;

/** Films of noise and random labels. */
export function noise({ size, network }: Task, count: number): { pixels: Uint8Array; targets: Float32Array } {
  const next = random(1, "bench", network);
  return {
    pixels: Uint8Array.from({ length: count * size * size }, () => next() * 256),
    targets: Float32Array.from({ length: count * 14 }, () => Number(next() < 0.3)),
  };
}

/** Times `work` so many times, after two that are not timed, and prints the answer. */
export async function timed(
  times: number,
  warmUp: number,
  version: string,
  work: () => Promise<unknown>,
): Promise<void> {
  for (let i = 0; i < warmUp; i += 1) await work();
  const seconds: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < times; i += 1) {
    const start = performance.now();
    await work();
    seconds.push((performance.now() - start) / 1000);
  }
  const { user, system } = process.cpuUsage(before);
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds, processorSeconds: (user + system) / 1e6, peakMegabytes, version }));
}
