/**
 * Films to shards, shards to batches, labels to plans. Rounds are interleaved, so that what else runs on the machine
 * hits all subjects alike; medians are told. Keras reads the same files with the same bilinear resize where --keras asks
 * for it (it is installed once, into the cache).
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";
import type { Geometry } from "../lib/contracts/run-config.ts";
import { selectRows } from "../lib/data/data-plan.ts";
import { KnownPixels } from "../lib/data/known-pixels.ts";
import { readLabels } from "../lib/data/manifest.ts";
import { prepareBatches } from "../lib/data/prepare-batches.ts";
import { openPreparePool } from "../lib/data/prepare-pool.ts";
import { indexShard, storeRange } from "../lib/data/shard-reader.ts";
import { writeShard } from "../lib/data/shard-writer.ts";
import { chexpert } from "../lib/data/sources/chexpert.ts";
import { POLICY_PRESETS } from "../lib/domain/label-policy.ts";
import { random, shuffle } from "../lib/domain/random.ts";
import { rowsOfParts } from "../lib/domain/split.ts";
import { upsample } from "../lib/domain/upsampling.ts";
import { openStore } from "../lib/store/open.ts";
import { python } from "../test/python.ts";
import { studyTable } from "../test/study-table.ts";
import { type Figure, machine, median, tell } from "./figures.ts";

const { values } = parseArgs({
  options: {
    films: { type: "string", default: "2000" },
    rounds: { type: "string", default: "5" },
    keras: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const films = Number(values.films);
const rounds = Number(values.rounds);
const threads = availableParallelism();
const SIZE = 224;
const BATCH = 32;

/** Different pictures that the films are copies of: what a decoder does depends on a picture, not on its name. */
const PICTURES = 50;

async function writeFilms(folder: string): Promise<string[]> {
  const pictures = await Promise.all(
    Array.from({ length: PICTURES }, (_, number) => {
      const next = random(number, "bench film");
      const [width, height] = [390, 320];
      const data = Uint8Array.from({ length: width * height }, (__, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        return 110 + 70 * Math.sin(x / (20 + number / 5)) * Math.cos(y / 30) + 24 * next();
      });
      return sharp(data, { raw: { width, height, channels: 1 } })
        .toColourspace("b-w")
        .jpeg({ quality: 90 })
        .toBuffer();
    }),
  );
  const names: string[] = [];
  await mkdir(join(folder, "films"), { recursive: true });
  for (let film = 0; film < films; film += 1) {
    const name = `films/patient${String(film).padStart(6, "0")}_study1.jpg`;
    // A comment behind the picture's end makes each file another film, so that none is told from its hash.
    await writeFile(join(folder, name), Buffer.concat([pictures[film % PICTURES]!, Buffer.from(String(film))]));
    names.push(name);
  }
  return names;
}

async function manifestOf(names: readonly string[]) {
  const rows = names.map((_, i) => `s/patient${i}/study1/x.jpg,Male,50,Frontal,AP${",".repeat(14)}`);
  const text = [chexpert.columns.join(","), ...rows].join("\n");
  const manifest = await readLabels([{ name: "bench.csv", folder: "", stream: () => once(Buffer.from(text)) }]);
  return { ...manifest, film: names };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

const folder = await mkdtemp(join(tmpdir(), "hilum-bench-"));
const samples = new Map<string, { metric: string; unit: string; values: number[] }>();
const note = (subject: string, metric: string, unit: string, value: number) => {
  const key = `${subject}\n${metric}`;
  const sample = samples.get(key) ?? { metric, unit, values: [] };
  sample.values.push(value);
  samples.set(key, sample);
};

/** Processor time beside the rate, since it does not suffer from what else runs. */
interface Pass {
  readonly films: number;
  readonly processor: number;
}
const notePass = (subject: string, { films: rate, processor }: Pass) => {
  note(subject, "films", "films/s", rate);
  note(subject, "processor time", "ms/film", processor);
};

try {
  const names = await writeFilms(folder);
  const manifest = await manifestOf(names);
  const store = openStore(pathToFileURL(join(folder, "store")).href);
  const rows = Uint32Array.from(names, (_, row) => row);
  const dataUri = pathToFileURL(folder).href;

  const preparing = (resize: Geometry["resize"]) => {
    const geometry: Geometry = { size: SIZE, fit: "squeeze", resize };
    const pool = openPreparePool({ threads, dataUri, geometry, known: [] });
    return {
      pool,
      async run(count: number) {
        const known = await KnownPixels.find(openStore("memory://none"), geometry);
        const batches = prepareBatches(manifest, rows.subarray(0, count), SIZE, { pool, known }, () => {});
        const started = performance.now();
        const before = process.cpuUsage();
        await writeShard(store, `bench/${resize}.arrow`, geometry, batches);
        const { user, system } = process.cpuUsage(before);
        const seconds = (performance.now() - started) / 1000;
        return { films: count / seconds, processor: (user + system) / 1000 / count };
      },
    };
  };
  const bilinear = preparing("bilinear");
  const antialias = preparing("antialias");
  // Threads start and load TensorFlow once, as a job of thousands of films does.
  for (const { run } of [bilinear, antialias]) await run(Math.min(films, 32 * threads));

  const study = studyTable();
  const labels = await readLabels(
    Object.entries(study).map(([name, text]) => ({ name, folder: "", stream: () => once(Buffer.from(text)) })),
  );
  const { targets } = selectRows(labels, { views: ["frontal"], policy: POLICY_PRESETS["u-ones"] });
  const { train } = rowsOfParts(new Array<"train">(targets.length / 14).fill("train"));

  for (let round = 0; round < rounds; round += 1) {
    notePass("prepare, bilinear, shards written", await bilinear.run(films));
    if (values.keras) notePass("Keras image_dataset_from_directory", await keras(folder));
    notePass("prepare, antialias, shards written", await antialias.run(films));
    note("batches of 32 from shards", "films", "films/s", await readBatches(round));
    const started = performance.now();
    const plan = upsample(train, targets, { kind: "published" }, round);
    note(`plan ${train.length} to ${plan.positions.length} rows`, "time", "s", (performance.now() - started) / 1000);
  }
  note("whole benchmark", "peak memory", "MB", process.resourceUsage().maxRSS / 1024);
  await Promise.all([bilinear.pool.close(), antialias.pool.close()]);

  const flags = { films, rounds, threads, size: SIZE, ...machine() };
  const figures = [...samples].map(
    ([key, { metric, unit, values: all }]): Figure => ({
      bench: "data",
      subject: key.split("\n")[0]!,
      metric,
      value: Number(median(all).toPrecision(4)),
      unit,
      flags,
    }),
  );
  tell(figures, values.json);

  /** Random films, a batch at a time, into memory that the network reads from. */
  async function readBatches(round: number): Promise<number> {
    const file = await storeRange(store, "bench/antialias.arrow");
    const index = await indexShard(file);
    const offsets = index.batches.flatMap(({ pixels, rows: count }) =>
      Array.from({ length: count }, (_, i) => pixels + i * index.stride),
    );
    const order = shuffle(rows.slice(), random(round, "bench batches"));
    const started = performance.now();
    for (let from = 0; from < order.length; from += BATCH) {
      const batch = order.subarray(from, from + BATCH);
      const pixels = new Uint8Array(batch.length * index.stride);
      await Promise.all(
        Array.from(batch, async (row, i) => pixels.set(await file.read(offsets[row]!, index.stride), i * index.stride)),
      );
    }
    return (order.length * 1000) / (performance.now() - started);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** A pass over the same files by Keras, its own start and import left out. */
async function keras(directory: string): Promise<Pass> {
  const script = `
import json, os, sys, time
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
given = json.load(sys.stdin)
films = keras.utils.image_dataset_from_directory(
    given["directory"], labels=None, color_mode="grayscale", batch_size=32, shuffle=False, verbose=False,
    image_size=(${SIZE}, ${SIZE}), interpolation="bilinear")
for batch in films.take(4):
    pass
started, before = time.perf_counter(), time.process_time()
count = sum(batch.shape[0] for batch in films)
seconds, processor = time.perf_counter() - started, time.process_time() - before
print(json.dumps({"films": count / seconds, "processor": 1000 * processor / count}))
`;
  return python<Pass>(script, { directory: join(directory, "films") }, "slow/requirements.txt");
}
