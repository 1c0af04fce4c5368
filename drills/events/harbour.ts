import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import { type Execution, type StepFunctions, startStepFunctions } from "../../test/step-functions.ts";
import { must } from "../drill.ts";
import { newFolder } from "../workshop.ts";
import { PostOffice } from "./post-office.ts";

const HEADER = `Path,Sex,Age,Frontal/Lateral,AP/PA,${OBSERVATIONS.join(",")}\n`;
const CONFIG = { name: "storm", model: { network: "densenet-mini" } };
/** Answers of Step Functions that get lost after their call has had its effect. */
const LOST = 0.05;
/** Starts of an execution at which all processes die, before it or after it. */
const DEADLY = { before: 0.5, after: 0.3 } as const;

/** What was found of an execution's request. */
interface Started {
  readonly execution: Execution;
  readonly data: string;
  readonly fingerprint: string;
}

/** A store with `incoming/`, Step Functions, and a post office that delivers events to deployed handlers. */
export interface Harbour {
  readonly steps: StepFunctions;
  readonly post: PostOffice;
  /** Writes a version of a data set, its marker last; the event that tells of it. */
  arrive(name: string, version: number): Promise<object>;
  /** What was started, in order; every execution is of a version of its own. */
  started(): Promise<Started[]>;
  /** Accounts of data sets: what they say is started, and what waits. */
  accounts(): Promise<readonly { data: string; current: { run: string } | null; pending: object | null }[]>;
  /** Sweeps until nothing waits and nothing runs. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export async function openHarbour(handlers: readonly string[], next: () => number): Promise<Harbour> {
  const folder = await newFolder();
  const store = pathToFileURL(folder).href;
  const steps = await startStepFunctions({
    // What was claimed is not started by whoever claimed it; the first never is.
    losesCall: (operation) => operation.endsWith("StartExecution") && dieWith(starts++ === 0 ? 1 : DEADLY.before),
    onStart: () => void dieWith(DEADLY.after),
    losesAnswer: () => next() < LOST,
  });
  let starts = 0;
  function dieWith(probability: number): boolean {
    const dies = post.faulty && next() < probability;
    if (dies) post.killAll();
    return dies;
  }
  const environment = {
    ...steps.environment,
    HILUM_DATASETS: `${store}/datasets`,
    HILUM_RUNS: `${store}/runs`,
    HILUM_MODELS: `${store}/models`,
    HILUM_STAGE: "test",
    HILUM_STATE_MACHINE: steps.machine,
    HILUM_INCOMING: `${store}/incoming`,
    HILUM_CONFIG: JSON.stringify(CONFIG),
  };
  const post = new PostOffice({ handlers, environment, folder, next });
  await post.start();
  const read = async (path: string) => JSON.parse(await readFile(join(folder, "runs", path), "utf8"));

  return {
    steps,
    post,
    async arrive(name, version) {
      const place = join(folder, "incoming", name);
      await mkdir(place, { recursive: true });
      await writeFile(join(place, "train.csv"), `${HEADER}${name}/${version}.png,Male,1,Frontal,AP,,,,,,,,,,,,,,\n`);
      await writeFile(join(place, "_SUCCESS"), "");
      const time = new Date().toISOString();
      return { "detail-type": "Object Created", time, detail: { object: { key: `${name}/_SUCCESS` } } };
    },
    async started() {
      const found: Started[] = [];
      for (const execution of steps.executions) {
        const { data, fingerprint } = await read(`${JSON.parse(execution.input).run}/request.json`);
        must(
          execution.name === `${fingerprint}-1`,
          `execution ${execution.name}, expected the first of ${fingerprint}`,
        );
        const twice = found.some((other) => other.fingerprint === fingerprint);
        must(!twice, `two executions of ${data} as it was at ${fingerprint}`);
        found.push({ execution, data, fingerprint });
      }
      return found;
    },
    async accounts() {
      const names = await readdir(join(folder, "runs/_arrivals"));
      return Promise.all(names.map((name) => read(`_arrivals/${name}/pending.json`)));
    },
    async settle() {
      for (let quiet = 0; quiet < 2; await sleep(20)) {
        const before = steps.executions.length;
        await post.deliver("on-data", { "detail-type": "Scheduled Event" });
        const isOpen = steps.executions.some(({ status }) => status === "RUNNING");
        quiet = !isOpen && steps.executions.length === before ? quiet + 1 : 0;
      }
    },
    async close() {
      await post.close();
      await steps.stop();
    },
  };
}
