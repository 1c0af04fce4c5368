import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Task } from "../predict.ts";

/** The task, and its films as grey bytes. */
export async function readTask(): Promise<Task & { readonly pixels: Uint8Array }> {
  const task = JSON.parse(await text(process.stdin)) as Task;
  return { ...task, pixels: readFileSync(join(task.folder, "pixels.bin")) };
}

/** Grey bytes to [-1, 1] in three equal channels, [films, size, size, 3] or, planes first, [films, 3, size, size]. */
export function normalised(pixels: Uint8Array, size: number, layout: "channels last" | "channels first"): Float32Array {
  const out = new Float32Array(pixels.length * 3);
  const places = size * size;
  for (let i = 0; i < pixels.length; i += 1) {
    const value = pixels[i]! / 127.5 - 1;
    for (let channel = 0; channel < 3; channel += 1) {
      const film = Math.floor(i / places);
      const at = layout === "channels last" ? 3 * i + channel : (3 * film + channel) * places + (i % places);
      out[at] = value;
    }
  }
  return out;
}

const WARM_UP = 5;

/** Seconds of each of so many calls, after some that are not timed. */
export async function timed(count: number, call: () => unknown): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = -WARM_UP; i < count; i += 1) {
    const start = performance.now();
    await call();
    if (i >= 0) seconds.push((performance.now() - start) / 1000);
  }
  return seconds;
}
