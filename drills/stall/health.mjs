/**
 * Asks a server for its health at a steady pace until its parent lets go, and then tells, in milliseconds, how long its thread
 * worked before each answer, and how long answers took by the clock, which other work on the machine holds up too. Questions that
 * were not asked while an answer was waited for count as if they had been.
 */
import { readFileSync } from "node:fs";
import { Agent, get } from "node:http";

const EVERY_MS = 10;
const [url = "", server = ""] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true });
let over = false;
process.once("message", () => {
  over = true;
});

/** Milliseconds of processor time of the server's first thread (Documentation/scheduler/sched-stats.rst). */
const worked = () => Number(readFileSync(`/proc/${server}/task/${server}/schedstat`, "latin1").split(" ")[0]) / 1e6;

/** @returns {Promise<boolean>} */
const asked = () =>
  new Promise((resolve) => {
    get(url, { agent }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode === 200));
    }).on("error", () => resolve(false));
  });

/** @type {number[]} */
const waits = [];
let slowest = 0;
let faults = 0;
await asked();
process.send?.("ready");
while (!over) {
  const [begin, workedBefore] = [performance.now(), worked()];
  if (!(await asked())) faults += 1;
  const took = performance.now() - begin;
  for (let wait = worked() - workedBefore; wait >= 0; wait -= EVERY_MS) waits.push(wait);
  slowest = Math.max(slowest, took);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, EVERY_MS - took)));
}
process.send?.({ waits, slowest, faults }, () => process.exit());
