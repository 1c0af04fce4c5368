/**
 * Films to shards, shards to batches, labels to plans. Rounds are interleaved, so that what else runs on the machine
 * hits all subjects alike; medians are told. Keras reads the same files with the same bilinear resize where --keras asks
 * for it (it is installed once, into the cache).
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs, promisify } from "node:util";
import { openStore } from "../lib/store/open.ts";
import { readBatches } from "./data/batches.ts";
import { manifestOf, writeFilms } from "./data/films.ts";
import { kerasPass } from "./data/keras.ts";
import { type Pass, preparing, SIZE, shardKey } from "./data/preparing.ts";
import { type Measurement, median } from "./measurement.ts";

/** Films before those that are timed, as a job of thousands is past its beginning; Keras has as many. */
const WARM_UP = 1024;

export async function run(args: readonly string[]): Promise<Measurement[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      films: { type: "string", default: "10000" },
      rounds: { type: "string", default: "5" },
      /** Films whose preparation's peak memory is told, each of a process of its own. */
      memory: { type: "string", default: "2000,10000" },
      /** Rows of a plan in which hardly two are the same. */
      rows: { type: "string", default: "500000" },
      keras: { type: "boolean", default: false },
    },
  });
  const films = Number(values.films);
  const rounds = Number(values.rounds);
  const memory = values.memory.split(",").map(Number);
  const samples = new Samples();
  const folder = await mkdtemp(join(tmpdir(), "hilum-bench-"));
  try {
    const names = await writeFilms(folder, Math.max(films, ...memory));
    const manifest = await manifestOf(names);
    const bilinear = preparing(folder, manifest, "bilinear");
    const antialias = preparing(folder, manifest, "antialias");
    const targets = join(folder, "targets.bin");
    await child("study-targets.ts", targets);
    const everyKind = join(folder, "every-kind.bin");
    await child("every-kind-targets.ts", everyKind, values.rows);
    const store = openStore(pathToFileURL(join(folder, "store")).href);
    for (let round = 0; round < rounds; round += 1) {
      await bilinear.run(WARM_UP);
      samples.addPass("prepare, bilinear, shards written", await bilinear.run(films));
      if (values.keras) samples.addPass("Keras image_dataset_from_directory", await kerasPass(folder, films));
      await antialias.run(WARM_UP);
      samples.addPass("prepare, antialias, shards written", await antialias.run(films));
      samples.add(
        "batches of 32 into tensors",
        "films",
        "films/s",
        await readBatches(store, shardKey("antialias"), round),
      );
      for (const [name, file, rule] of [
        ["plan", targets, { kind: "published" }],
        ["plan of rows of every kind", everyKind, { kind: "auto", targetPrevalence: 0.5, maxFactor: 5 }],
      ] as const) {
        const planned = await child<PlanAnswer>("plan.ts", file, JSON.stringify(rule), String(round));
        const subject = `${name}, ${rule.kind}, ${planned.rows} to ${planned.planned} rows`;
        samples.add(subject, "time", "s", planned.seconds);
        samples.add(subject, "peak memory", "MB", planned.peakMegabytes);
      }
    }
    await Promise.all([bilinear.close(), antialias.close()]);
    for (const count of memory) {
      samples.add(
        `prepare ${count} films, antialias`,
        "peak memory",
        "MB",
        await child("memory.ts", folder, String(count)),
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return samples.medians(`films=${films} rounds=${rounds} threads=${availableParallelism()} size=${SIZE}`);
}

/** What a program of this folder's prints, run in a process of its own, so that its memory is its own. */
async function child<T>(file: string, ...args: readonly string[]): Promise<T> {
  const path = fileURLToPath(new URL(`data/${file}`, import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", path, ...args]);
  return JSON.parse(stdout) as T;
}

interface PlanAnswer {
  readonly rows: number;
  readonly planned: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

class Samples {
  private readonly taken = new Map<string, { subject: string; metric: string; unit: string; values: number[] }>();

  add(subject: string, metric: string, unit: string, value: number): void {
    const key = `${subject}\n${metric}`;
    const sample = this.taken.get(key) ?? { subject, metric, unit, values: [] };
    sample.values.push(value);
    this.taken.set(key, sample);
  }

  addPass(subject: string, { films, processor }: Pass): void {
    this.add(subject, "films", "films/s", films);
    this.add(subject, "processor time", "ms/film", processor);
  }

  medians(flags: string): Measurement[] {
    return [...this.taken.values()].map(({ values, ...what }) => ({
      ...{ bench: "data", ...what, flags },
      value: Number(median(values).toPrecision(4)),
    }));
  }
}
