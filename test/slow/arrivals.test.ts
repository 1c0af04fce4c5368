import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Arrivals } from "../../lib/contracts/arrivals.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import { RunRequest } from "../../lib/contracts/run.ts";
import { RunConfig } from "../../lib/contracts/run-config.ts";
import { prepareRequest } from "../../lib/data/request.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { random as randomOf } from "../../lib/domain/random.ts";
import { decodeDocument, readDocument } from "../../lib/store/documents.ts";
import { openStore, roomsOf } from "../../lib/store/open.ts";
import type { Delivery } from "../functions/on-data/deliver.ts";
import { type Execution, type StepFunctions, startStepFunctions } from "../step-functions.ts";

const HEADER = `Path,Sex,Age,Frontal/Lateral,AP/PA,${OBSERVATIONS.join(",")}\n`;
/** HILUM_ARRIVAL_EVENTS sets another number. */
const EVENTS = Number(process.env.HILUM_ARRIVAL_EVENTS ?? 200);
const DATA_SETS = ["a", "b", "c"];
const VERSIONS = 6;
const KILLS = 8;
const PROCESSES = 3;

let folder: string;
let steps: StepFunctions;
let program: string;
const started: Execution[] = [];
const random = randomOf(20_261);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-storm-"));
  program = join(folder, "deliver.mjs");
  buildSync({
    entryPoints: [fileURLToPath(new URL("../functions/on-data/deliver.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    keepNames: true,
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    logLevel: "error",
  });
  // One answer in twenty gets lost after its call has had its effect.
  steps = await startStepFunctions({
    onStart: (execution) => started.push(execution),
    losesAnswer: () => random() < 0.05,
  });
});
afterAll(async () => {
  await steps.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Delivers events at least once to processes that are killed on the way. */
function postOffice(environment: NodeJS.ProcessEnv) {
  const children = new Set<ChildProcess>();
  const waiting = new Map<number, (done: boolean) => void>();
  const startOne = async (): Promise<void> => {
    const child = fork(program, [], { env: environment, stdio: ["ignore", "ignore", "ignore", "ipc"] });
    const mine = new Set<number>();
    Object.assign(child, { mine });
    child.on("message", (answer: "ready" | { id: number; done: boolean }) => {
      if (answer === "ready") return;
      waiting.get(answer.id)?.(answer.done);
    });
    child.once("exit", () => {
      children.delete(child);
      for (const id of mine) waiting.get(id)?.(false);
    });
    await once(child, "message");
    children.add(child);
  };
  let next = 0;
  const once_ = async (to: Delivery["to"], event: unknown): Promise<boolean> => {
    while (children.size === 0) await sleep(5);
    const all = [...children];
    const child = all[Math.floor(random() * all.length)]! as ChildProcess & { mine: Set<number> };
    next += 1;
    const id = next;
    const answered = new Promise<boolean>((resolve) => {
      waiting.set(id, resolve);
    });
    child.mine.add(id);
    child.send({ id, to, event } satisfies Delivery, (error) => error && waiting.get(id)?.(false));
    const done = await answered;
    child.mine.delete(id);
    waiting.delete(id);
    return done;
  };
  return {
    startOne,
    kill: async () => {
      const [child] = children;
      if (child?.kill("SIGKILL")) await once(child, "exit");
      await startOne();
    },
    deliver: async (to: Delivery["to"], event: unknown): Promise<void> => {
      while (!(await once_(to, event))) await sleep(10 * random());
    },
    stop: async () => {
      for (const child of [...children]) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    },
  };
}

test(`${EVENTS} events, doubled, reordered, at once, with processes killed among them: one execution a version`, async () => {
  const store = pathToFileURL(folder).href;
  const config = RunConfig.parse({ name: "storm", model: { network: "densenet-mini" } });
  const post = postOffice({
    ...process.env,
    ...steps.environment,
    ...roomsOf(store),
    HILUM_STAGE: "test",
    HILUM_STATE_MACHINE: steps.machine,
    HILUM_INCOMING: `${store}/incoming`,
    HILUM_CONFIG: JSON.stringify(config),
  });
  await Promise.all(Array.from({ length: PROCESSES }, post.startOne));
  const runs = openStore(roomsOf(store).HILUM_RUNS);
  const incoming = openStore(`${store}/incoming`);

  /** Plays the state machine: each execution takes a while and fails, or is stopped and nothing tells of it. */
  let over = false;
  const playing: Promise<void>[] = [];
  const play = async (execution: Execution): Promise<void> => {
    await sleep(20 + 120 * random());
    if (random() < 0.2) {
      steps.end(execution.name, "ABORTED");
      return;
    }
    steps.end(execution.name, "FAILED", { state: "train", startedAt: 2, error: "States.Timeout" });
    await post.deliver("on-failure", steps.statusChange(execution.name));
  };
  const machine = (async () => {
    for (let seen = 0; !over || seen < started.length; ) {
      if (seen < started.length) {
        playing.push(play(started[seen]!));
        seen += 1;
      } else await sleep(2);
    }
  })();

  // What was written last, and every event once or several times, later than what it tells of.
  let sent = 0;
  let written = 0;
  const arrivals: Promise<void>[] = [];
  for (let version = 0; version < VERSIONS; version += 1) {
    for (const name of DATA_SETS) {
      const rows = `${name}/${version}.png,Male,1,Frontal,AP,,,,,,,,,,,,,,\n`;
      await incoming.put(`${name}/train.csv`, Buffer.from(HEADER + rows));
      await incoming.put(`${name}/_SUCCESS`, Buffer.from(""));
      const event = {
        "detail-type": "Object Created",
        time: new Date().toISOString(),
        detail: { object: { key: `${name}/_SUCCESS` } },
      };
      written += 1;
      const copies = Math.ceil((EVENTS - sent) / (DATA_SETS.length * VERSIONS - written + 1));
      for (let copy = 0; copy < copies; copy += 1) {
        sent += 1;
        arrivals.push(sleep(random() * 400).then(() => post.deliver("on-data", event)));
      }
    }
    await sleep(60);
  }
  const kills = (async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await sleep(100 * random());
      await post.kill();
    }
  })();
  await Promise.all([...arrivals, kills]);
  expect(sent).toBe(EVENTS);

  // Sweeps until nothing waits and nothing runs.
  for (let quiet = 0; quiet < 2; ) {
    const before = started.length;
    await post.deliver("on-data", { "detail-type": "Scheduled Event" });
    await sleep(20);
    const isOpen = steps.executions.some(({ status }) => status === "RUNNING");
    quiet = !isOpen && started.length === before ? quiet + 1 : 0;
  }
  over = true;
  await machine;
  await Promise.all(playing);
  await post.stop();

  const requests = await Promise.all(
    steps.executions.map(({ input }) => readDocument(runs, runKeys(JSON.parse(input).run).request, RunRequest)),
  );
  expect(new Set(requests.map(({ fingerprint }) => fingerprint)).size).toBe(requests.length);
  expect(steps.executions.map(({ name }) => name)).toEqual(requests.map(({ fingerprint }) => `${fingerprint}-1`));
  // The newest of each data set was run, last of all, and nothing waits.
  const accounts: Arrivals[] = [];
  for await (const { key } of runs.list("_arrivals/"))
    accounts.push(decodeDocument(Arrivals, await runs.get(key), key));
  expect(accounts).toHaveLength(DATA_SETS.length);
  for (const { data, current, pending } of accounts) {
    expect(pending).toBeNull();
    const csv = Buffer.from(await openStore(data).get("train.csv")).toString();
    expect(csv).toContain(`/${VERSIONS - 1}.png`);
    const last = requests.filter((request) => request.data === data).at(-1)!;
    expect(current?.run).toBe(last.run);
    expect((await prepareRequest(data, config)).run).toBe(last.run);
  }
  expect(requests.length).toBeGreaterThan(DATA_SETS.length);
}, 300_000);
