/** Asks for the service's health from a thread of its own, whose waits the load's own work does not lengthen. */
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";

/** Milliseconds between two looks. */
const EVERY = 50;

let over = false;
parentPort!.once("message", () => {
  over = true;
});
const waits: number[] = [];
while (!over) {
  const start = performance.now();
  const { ok } = await fetch(workerData as string);
  waits.push(ok ? performance.now() - start : Number.POSITIVE_INFINITY);
  await sleep(EVERY);
}
parentPort!.postMessage(waits);
