import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { deployedHandlers } from "../events/bundles.ts";
import { type Harbour, openHarbour } from "../events/harbour.ts";

const EVENTS = 200;
/** Within which they come, all mixed up. */
const SPREAD_MS = 400;
const DATA_SETS = ["a", "b", "c"];
const VERSIONS = 6;
/** Processes ended from outside, besides those that meet a fault of their own. */
const KILLS = 8;

/** Delivers each event so many times at random moments. */
const announce = (harbour: Harbour, event: object, times: number, next: () => number): Promise<void>[] =>
  Array.from({ length: times }, async () => {
    await sleep(next() * SPREAD_MS);
    await harbour.post.deliver("on-data", event);
  });

async function killSome(harbour: Harbour, next: () => number): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    await sleep((next() * 2 * SPREAD_MS) / KILLS);
    harbour.post.kill();
  }
  harbour.post.faulty = false;
}

/** One data set, announced 200 times: one execution, then and after its end; its next version is not held up. */
async function oneDataSet(harbour: Harbour, next: () => number): Promise<void> {
  const event = await harbour.arrive("one", 0);
  await Promise.all([...announce(harbour, event, EVENTS, next), killSome(harbour, next)]);
  const [first, ...more] = await harbour.started();
  must(first !== undefined, "no execution: what was claimed was never started");
  must(more.length === 0, `${more.length + 1} executions of one version, expected one`);
  harbour.steps.end(first.execution.name, "SUCCEEDED");
  await Promise.all(announce(harbour, event, 10, next));
  must((await harbour.started()).length === 1, "announced again after its end, it was run again");
  await harbour.post.deliver("on-data", await harbour.arrive("one", 1));
  const all = await harbour.started();
  must(all.length === 2, `${all.length} executions after a second version, expected 2`);
  harbour.steps.end(all[1]!.execution.name, "SUCCEEDED");
}

/** Plays the state machine: each execution takes a while and fails, or is stopped and nothing tells of it. */
function playMachine({ steps, post }: Harbour, next: () => number) {
  let over = false;
  const play = async (name: string): Promise<void> => {
    await sleep(20 + 120 * next());
    if (next() < 0.2) return steps.end(name, "ABORTED");
    steps.end(name, "FAILED", { state: "train", startedAt: 2, error: "States.Timeout" });
    await post.deliver("on-failure", steps.statusChange(name));
  };
  const playing = (async () => {
    const plays: Promise<void>[] = [];
    for (; !over || plays.length < steps.executions.length; await sleep(2)) {
      const execution = steps.executions[plays.length];
      if (execution !== undefined) plays.push(play(execution.name));
    }
    await Promise.all(plays);
  })();
  // Thrown where it is awaited.
  playing.catch(() => {});
  return {
    async end() {
      over = true;
      await playing;
    },
  };
}

/** Several data sets and versions of each, one after another: no version twice, the newest of each last. */
async function manyDataSets(harbour: Harbour, next: () => number): Promise<Map<string, string>> {
  const machine = playMachine(harbour, next);
  const copies = Math.ceil(EVENTS / (DATA_SETS.length * VERSIONS));
  const arrivals: Promise<void>[] = [];
  for (let version = 0; version < VERSIONS; version += 1) {
    for (const name of DATA_SETS)
      arrivals.push(...announce(harbour, await harbour.arrive(name, version), copies, next));
    // A busy machine would else hear of the newest versions alone.
    await (version === 0 ? Promise.all(arrivals) : sleep(60));
  }
  await Promise.all([...arrivals, killSome(harbour, next)]);
  await harbour.settle();
  await machine.end();

  const started = await harbour.started();
  const accounts = await harbour.accounts();
  must(accounts.length === DATA_SETS.length, `${accounts.length} accounts, expected ${DATA_SETS.length}`);
  must(started.length > DATA_SETS.length, `${started.length} executions: versions did not follow one another`);
  const newest = new Map<string, string>();
  for (const { data, current, pending } of accounts) {
    const last = started.filter((one) => one.data === data).at(-1);
    must(pending === null, `${data}: a version still waits`);
    must(
      last !== undefined && JSON.parse(last.execution.input).run === current?.run,
      `${data}: ${current?.run} is not what ran last`,
    );
    newest.set(data.split("/").at(-1)!, last.fingerprint);
  }
  return newest;
}

/** What a version is called where nothing disturbs it. */
async function calmNames(handlers: readonly string[], version: number): Promise<Map<string, string>> {
  const harbour = await openHarbour(handlers, () => 0.999);
  harbour.post.faulty = false;
  try {
    for (const name of DATA_SETS) await harbour.post.deliver("on-data", await harbour.arrive(name, version));
    const started = await harbour.started();
    return new Map(started.map(({ data, fingerprint }) => [data.split("/").at(-1)!, fingerprint]));
  } finally {
    await harbour.close();
  }
}

/** A data set announced 200 times at once to handlers that crash: exactly one execution a version, and no stuck lock. */
export const events: Drill = {
  rounds: 2,
  async run(options) {
    const handlers = await deployedHandlers();
    const expected = await calmNames(handlers, VERSIONS - 1);
    let [deaths, executions] = [0, 0];
    const failures = await playRounds(options, async (_, next) => {
      for (const play of [oneDataSet, manyDataSets]) {
        const harbour = await openHarbour(handlers, next);
        try {
          const newest = await play(harbour, next);
          for (const [name, fingerprint] of newest ?? []) {
            must(fingerprint === expected.get(name), `${name}: what ran last is not its newest version`);
          }
          deaths += harbour.post.deaths;
          executions += harbour.steps.executions.length;
        } finally {
          await harbour.close();
        }
      }
    });
    const figure = `${EVENTS} events of one data set, then of ${DATA_SETS.length}, to the deployed handlers, of which ${deaths} died at work: ${executions} executions, one a version, the newest last`;
    return { failures, figure };
  },
};
