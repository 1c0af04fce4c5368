import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Drill, must, placeOf, playRounds } from "../drill.ts";
import { post } from "../post.ts";
import { ready } from "../processes.ts";
import { quantile, type Serving, serving } from "../serving.ts";
import { type Attack, attacks, send } from "../stall/attacks.ts";
import { calmRun, newFolder } from "../workshop.ts";

/** What health may wait for the work of others, at the 99th percentile, while a parser is attacked. */
const MOST_MS = 50;
/** Each attack is sent again until so long has passed, by so many at once. */
const LASTS_MS = 1500;
const AT_ONCE = 2;
/** Of an answer to a caller's fault. */
const MOST_ANSWER = 5000;
/** An honest caller's pause between two films. */
const PAUSE_MS = 100;

/** Milliseconds of work before an answer, at the 99th percentile and at most; and by the clock. */
interface Seen {
  readonly p99: number;
  readonly worst: number;
  readonly slowest: number;
}

/** Health as it is asked for beside the work, in a process of its own. */
async function healthDuring({ url, child }: Serving, work: () => Promise<void>): Promise<Seen> {
  const program = fileURLToPath(new URL("../stall/health.mjs", import.meta.url));
  const watch = fork(program, [`${url}/v1/health/live`, String(child.pid)]);
  await ready(watch);
  try {
    await work();
    const told = once(watch, "message");
    watch.send("over");
    const [{ waits, slowest, faults }] = (await told) as [{ waits: number[]; slowest: number; faults: number }];
    must(faults === 0, `health was not answered ${faults} times`);
    return { p99: quantile(waits, 0.99), worst: Math.max(...waits), slowest };
  } finally {
    watch.kill("SIGKILL");
  }
}

async function attacked(server: Serving, attack: Attack, tell: (seen: Seen) => void): Promise<void> {
  const statuses = new Set<number>();
  const body = attack.body();
  const seen = await healthDuring(server, async () => {
    const end = performance.now() + LASTS_MS;
    const attacking = Array.from({ length: AT_ONCE }, async () => {
      do {
        const { status, bytes } = await send(server.url, attack, body);
        statuses.add(status);
        must(status < 500 || status === 503, `answered ${status}`);
        must(status === 200 || bytes <= MOST_ANSWER, `an answer of ${bytes} bytes to a fault`);
      } while (performance.now() < end);
    });
    const honest = (async () => {
      do {
        const { status, text } = await server.ask(server.film);
        must(status === 200, `another's film was answered ${status} ${text.slice(0, 200)}`);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      } while (performance.now() < end);
    })();
    await Promise.all([...attacking, honest]);
  });
  tell(seen);
  const { p99, worst } = seen;
  must(
    p99 < MOST_MS,
    `(${[...statuses].join()}): health waited ${p99.toFixed(0)} ms at the 99th percentile, ${worst.toFixed(0)} ms at most`,
  );
}

/** Every parser of the main process is given its worst while health is asked for and an honest caller sends films. */
export const stall: Drill = {
  rounds: 12,
  async run(options) {
    const { store } = await calmRun();
    const server = await serving(store, ["--feedback", await newFolder()]);
    const { loaded } = (await (await fetch(`${server.url}/v1/models`)).json()) as { loaded: { name: string } };
    const { url } = JSON.parse((await post(`${server.url}/v1/uploads`, Buffer.alloc(0))).text) as { url: string };
    const { pathname, search } = new URL(url);
    const all = attacks(loaded.name, Buffer.from(server.film), `${pathname}${search}`);
    for (let n = 0; n < 20; n += 1) await server.ask(server.film);
    const most = { p99: 0, worst: 0, slowest: 0 };
    const failures = await playRounds(options, async (round, next) => {
      const attack = all[placeOf(round, options.rounds, all.length, next)]!;
      try {
        await attacked(server, attack, (seen) => {
          for (const name of ["p99", "worst", "slowest"] as const) most[name] = Math.max(most[name], seen[name]);
        });
      } catch (error) {
        throw new Error(`${attack.name}: ${(error as Error).message}`, { cause: error });
      }
    });
    await server.stop();
    const figure = `of ${all.length} attacks, health waited ${most.p99.toFixed(0)} ms for others' work at the 99th percentile, ${most.worst.toFixed(0)} ms at most, ${most.slowest.toFixed(0)} ms by the clock; every film beside them answered`;
    return { failures, figure };
  },
};
