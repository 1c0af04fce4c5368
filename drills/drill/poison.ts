import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Plan } from "../../lib/contracts/plan.ts";
import { TestSet } from "../../lib/contracts/test-set.ts";
import { loadRows } from "../../lib/data/rows.ts";
import { writePhantoms } from "../../lib/phantoms/write-phantoms.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { openStore, roomsOf } from "../../lib/store/open.ts";
import { type Drill, must, playRounds } from "../drill.ts";
import type { LambdaAnswer } from "../lambda-call.ts";
import { meanAuroc, pinnedFilms } from "../poison/pinned.ts";
import { feedbackOf, type Sent } from "../poison/readers.ts";
import { hilum, start } from "../processes.ts";
import { newFolder } from "../workshop.ts";

/** Films of the hospital, of an honest reader, that a hostile one tries to have kept, and that are kept of anybody. */
const FILMS = 240;
const EACH = 3;
const FLOOD = 110;
const PER_DAY = 100;

const CONFIG = {
  name: "poison",
  geometry: { size: 48 },
  policy: { uncertain: "ignore" },
  split: { train: 0.5, tuning: 0.12, calibration: 0.08, test: 0.3 },
  model: { network: "densenet-mini", headWidth: 32 },
  training: { epochs: 8, batchSize: 16, learningRate: 0.003, leastOfEachClass: 3 },
  gate: { minMeanAuroc: 0, maxCalibrationError: 1 },
} as const;

/** What a reader may have of the training films: a share, or all, so that nothing but the gate stands before the flood. */
const SHARES = [0.05, 1] as const;

/** What a promoted model may be worse by on the pinned films: the gate's own margin. */
const MARGIN = 0.01;

/** A hostile tenth of readers sends wrong labels and noise: none is tested on, and no worse model is promoted. */
export const poison: Drill = {
  rounds: 1,
  async run(options) {
    const hospital = await openHospital();
    const told: string[] = [];
    const failures = await playRounds(options, async (round, next) => {
      const kept = await hospital.flood(await feedbackOf(1000 * options.seed + round, EACH, FLOOD, next));
      told.push(`${kept} hostile films kept`);
      for (const share of SHARES) told.push(await hospital.train(share));
    });
    return { failures, figure: `mean AUROC on the pinned films ${hospital.auroc.toFixed(3)}; ${told.join(", ")}` };
  },
};

async function configOf(share: number): Promise<string> {
  const file = join(await newFolder(), "poison.json");
  await writeFile(file, JSON.stringify({ ...CONFIG, data: { readerShare: share } }));
  return file;
}

/** Runs all steps over the folder. @returns the run's name */
async function train(data: string, store: string, share: number): Promise<string> {
  const before = new Set(await readdir(join(store, "runs")).catch(() => []));
  const { ended, output } = hilum(["run", "--data", data, "--config", await configOf(share), "--store", store]);
  must((await ended).code === 0, `the run failed: ${output.text}`);
  return (await readdir(join(store, "runs"))).find((name) => name.startsWith("poison-") && !before.has(name))!;
}

const productionOf = async (store: string): Promise<string> => {
  const { production } = await readChannels(openStore(roomsOf(pathToFileURL(store).href).HILUM_MODELS));
  must(production !== null, "no model is in production");
  return production;
};

const testSetOf = (store: string, run: string): string => join(store, "runs", run, "test-set.json");

/** A folder of films with pinned test patients, and a store with a model of them in production. */
async function openHospital() {
  const data = await newFolder();
  await writePhantoms({ folder: join(data, "films"), seed: 1, frontalFilms: FILMS });
  const calm = await newFolder();
  const run = await train(data, calm, 0.05);
  const champion = await productionOf(calm);
  const films = await pinnedFilms(data, "films", testSetOf(calm, run));
  const auroc = await meanAuroc(calm, champion, films);
  const pinned = await readFile(testSetOf(calm, run), "utf8");

  const feedback = join(data, "feedback");
  return {
    auroc,
    async flood(sent: readonly Sent[]): Promise<number> {
      await rm(feedback, { recursive: true, force: true });
      return sendAll(calm, feedback, sent);
    },
    async train(share: number): Promise<string> {
      const store = await newFolder();
      await cp(calm, store, { recursive: true, preserveTimestamps: true });
      const of = await train(data, store, share);
      must((await readFile(testSetOf(store, of), "utf8")) === pinned, "readers changed the pinned test set");
      await checkParts(store, of, share);
      const candidate = await candidateOf(store, of);
      const theirs = await meanAuroc(store, candidate, films);
      const isPromoted = (await productionOf(store)) === candidate;
      must(!isPromoted || theirs >= auroc - MARGIN, `${theirs} was promoted over ${auroc}, share ${share}`);
      return `${theirs.toFixed(3)} ${isPromoted ? "promoted" : "not promoted"} with share ${share}`;
    },
  };
}

async function candidateOf(store: string, run: string): Promise<string> {
  const { model } = JSON.parse(await readFile(join(store, "runs", run, "evaluation.json"), "utf8")) as {
    model: string;
  };
  return model;
}

/** Through the deployed API's function, each reader under a log-in. @returns how many hostile films were kept */
async function sendAll(store: string, feedback: string, sent: readonly Sent[]): Promise<number> {
  const file = join(await newFolder(), "requests.json");
  await writeFile(file, JSON.stringify(sent.map(({ request }) => request)));
  const { ended, output } = start("drills/lambda-call.ts", [file], {
    HILUM_MODELS: roomsOf(pathToFileURL(store).href).HILUM_MODELS,
    HILUM_FEEDBACK: pathToFileURL(feedback).href,
    HILUM_FEEDBACK_PER_DAY: String(PER_DAY),
  });
  must((await ended).code === 0, `the function failed: ${output.text.slice(-2000)}`);
  const answers = JSON.parse(output.text.trimEnd().split("\n").at(-1)!) as LambdaAnswer[];
  let hostile = 0;
  for (const [i, { statusCode, body }] of answers.entries()) {
    const { isHostile } = sent[i]!;
    must(statusCode === 201 || (isHostile && statusCode === 429), `${statusCode} for ${i}: ${body.slice(0, 300)}`);
    if (isHostile && statusCode === 201) hostile += 1;
  }
  must(hostile === 2 * PER_DAY, `${hostile} films of two hostile readers were kept, expected ${PER_DAY} of each`);
  return hostile;
}

/** No film of a reader decides anything, and none of them has more than his share of a part. */
async function checkParts(store: string, run: string, share: number): Promise<void> {
  const runs = openStore(roomsOf(pathToFileURL(store).href).HILUM_RUNS);
  const { part, source } = await loadRows(runs, run);
  // By the folder's name: what the project takes for readers' films is what is tried.
  const tested = part.filter((name, row) => name === "test" && source[row]!.includes("feedback")).length;
  must(tested === 0, `${tested} films of readers are tested on`);
  const { patients } = TestSet.parse(JSON.parse(await readFile(testSetOf(store, run), "utf8")));
  must(!patients.some((patient) => patient.includes("feedback")), "a reader's patient is pinned");
  const { readers, parts } = Plan.parse(JSON.parse(await readFile(join(store, "runs", run, "plan.json"), "utf8")));
  const most = Math.max(...(readers?.readers ?? []).map(({ train }) => train));
  must(most > 0, "readers taught nothing");
  must(
    most <= share * parts.train,
    `a reader has ${most} of ${parts.train} training rows, expected a share of ${share}`,
  );
}
