import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { writePhantoms } from "../lib/phantoms/write-phantoms.ts";
import { must } from "./drill.ts";
import { hilum, killAll } from "./processes.ts";

/** A whole run in seconds: few small films, three parts to prepare, so many steps that a kill finds one under way. */
const CONFIG = {
  name: "drill",
  geometry: { size: 32 },
  policy: { uncertain: "ignore" },
  split: { train: 0.5, tuning: 0.15, calibration: 0.1, test: 0.25 },
  prepare: { rowsPerPart: 40 },
  model: { network: "densenet-mini", headWidth: 8 },
  training: { epochs: 12, batchSize: 8, checkpointEverySteps: 3, movingAverage: 0.9, leastOfEachClass: 1 },
  // A drill is about what a run leaves, never about whether chance makes its model good.
  gate: { minMeanAuroc: 0, maxCalibrationError: 1 },
} as const;
const FRONTAL_FILMS = 60;
const BUCKETS = ["datasets", "runs", "models"];

let temporary: Promise<string> | undefined;
const folder = (): Promise<string> => (temporary ??= mkdtemp(join(tmpdir(), "hilum-drill-")));

/** A new folder, removed with the workshop. */
export const newFolder = async (): Promise<string> => mkdtemp(join(await folder(), "f-"));

export async function closeWorkshop(): Promise<void> {
  await killAll();
  if (temporary !== undefined) await rm(await temporary, { recursive: true, force: true });
}

/** An undisturbed run from films to a promoted model, and how to make its like. */
export interface Calm {
  /** Name of the run. */
  readonly run: string;
  /** Folder of the store in which nothing disturbed it. */
  readonly store: string;
  /** Seconds that it took. */
  readonly seconds: number;
  /** The command line's arguments that make it in another store, or of these films another run. */
  arguments(store: string, config?: string): string[];
  /** A copy of its store without what the patterns match, paths from its folder. */
  storeWithout(...patterns: readonly RegExp[]): Promise<string>;
  /** What a step's program is told in its environment, of a copy of the store. */
  environment(store: string, index?: number): Record<string, string>;
}

/** A file with the configuration of a run that takes seconds, unless it has more epochs. */
export async function smallConfig({ epochs } = CONFIG.training as { epochs: number }): Promise<string> {
  const file = join(await folder(), `drill-${epochs}.json`);
  await writeFile(file, JSON.stringify({ ...CONFIG, training: { ...CONFIG.training, epochs } }));
  return file;
}

const made = new Map<number, Promise<Calm>>();
/** The undisturbed run of so many epochs, made once a process. */
export function calmRun(training = CONFIG.training as { epochs: number }): Promise<Calm> {
  const calm = made.get(training.epochs) ?? makeRun(training);
  made.set(training.epochs, calm);
  return calm;
}

async function makeRun(training: { epochs: number }): Promise<Calm> {
  const data = join(await folder(), "films");
  const config = await smallConfig(training);
  const store = join(await folder(), `calm-${training.epochs}`);
  await writePhantoms({ folder: data, seed: 1, frontalFilms: FRONTAL_FILMS });
  const args = (place: string, other = config) => ["run", "--data", data, "--config", other, "--store", place];
  const begin = performance.now();
  const { ended, output } = hilum(args(store));
  must((await ended).code === 0, `the undisturbed run failed: ${output.text}`);
  const seconds = (performance.now() - begin) / 1000;
  const run = (await readdir(join(store, "runs"))).find((name) => name.startsWith("drill-"))!;
  return {
    run,
    store,
    seconds,
    arguments: args,
    async storeWithout(...patterns) {
      const copy = await newFolder();
      const keep = (path: string) => !patterns.some((pattern) => pattern.test(path.slice(store.length + 1)));
      await cp(store, copy, { recursive: true, filter: keep, preserveTimestamps: true });
      return copy;
    },
    environment: (copy, index = 0) => ({
      ...Object.fromEntries(
        BUCKETS.map((name) => [`HILUM_${name.toUpperCase()}`, `${pathToFileURL(copy).href}/${name}`]),
      ),
      HILUM_RUN: run,
      AWS_BATCH_JOB_ARRAY_INDEX: String(index),
    }),
  };
}
