import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { handler } from "../../../functions/on-data/handler.ts";
import { handler as plan } from "../../../functions/plan/handler.ts";
import { handler as validate } from "../../../functions/validate/handler.ts";
import { datasetKeys, runKeys, testSetKey } from "../../../lib/contracts/layout.ts";
import { Plan } from "../../../lib/contracts/plan.ts";
import { TestSet } from "../../../lib/contracts/test-set.ts";
import { decodeTable } from "../../../lib/data/arrow-columns.ts";
import { ASSIGNMENT_COLUMNS } from "../../../lib/data/film-columns.ts";
import { loadManifest } from "../../../lib/data/manifest.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { sha256 } from "../../../lib/domain/sha256.ts";
import { findDocument, readDocument } from "../../../lib/store/documents.ts";
import { openRooms, openStore, roomsOf } from "../../../lib/store/open.ts";
import { type StepFunctions, startStepFunctions } from "../../step-functions.ts";
import { arrival, stubArrivals } from "./arrivals.ts";

const HEADER = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", ...OBSERVATIONS].join(",");
const LABELS = OBSERVATIONS.map((_, k) => k % 2).join(",");

let steps: StepFunctions;
let folder: string;
let store: string;
beforeEach(async () => {
  steps = await startStepFunctions();
  folder = await mkdtemp(join(tmpdir(), "hilum-arrived-readers-"));
  store = pathToFileURL(folder).href;
});
afterEach(async () => {
  await steps.stop();
  await rm(folder, { recursive: true, force: true });
  vi.unstubAllEnvs();
});

/** Puts films and their CSV file into a folder of `incoming`; of each patient one. */
async function put(place: string, csv: string, paths: readonly string[], reader?: string): Promise<void> {
  const incoming = openStore(`${store}/incoming/${place}`);
  const rows = paths.map((path) =>
    [path, "Female", "60", "Frontal", "AP", LABELS, ...(reader ? [reader] : [])].join(","),
  );
  await incoming.put(csv, Buffer.from([reader ? `${HEADER},Reader` : HEADER, ...rows].join("\n")));
  for (const path of paths) await incoming.put(path.slice(path.indexOf("/") + 1), Buffer.from("film"));
}

const own = (count: number, part = "train") =>
  Array.from({ length: count }, (_, n) => `own/${part}/patient${part}${n}/study1/view1_frontal.jpg`);
const sent = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `feedback/patientp-${from + n}/study-${from + n}/view1_frontal.png`);

/** What a run that an arrival started tests on, and what is pinned for its folder. */
async function arrived(data: string, more: object = {}) {
  stubArrivals(steps, store, more);
  for (const { name } of steps.executions) steps.end(name, "SUCCEEDED");
  const [told] = await handler(arrival(`${data}/_SUCCESS`));
  expect(told).toMatchObject({ outcome: "started" });
  const { run } = told as { run: string };
  await validate({ run });
  await plan({ run });
  const { runs, datasets } = openRooms(roomsOf(store));
  const { fingerprint } = await readDocument(runs, runKeys(run).plan, Plan);
  const { source } = await loadManifest(datasets, datasetKeys(fingerprint).manifest);
  const { part } = decodeTable(ASSIGNMENT_COLUMNS, await runs.get(runKeys(run).assignments), "assignments");
  const key = testSetKey(sha256(`${store}/incoming/${data}`).slice(0, 32));
  return {
    tested: new Set(source.filter((_, row) => part[row] === "test")),
    learned: new Set(source.filter((_, row) => part[row] === "train")),
    pinned: (await findDocument(datasets, key, TestSet))?.patients,
  };
}

test.each([
  ["drawn", {}],
  ["as the data set gives it", { split: "as-given" }],
  ["large", { split: { train: 0.3, tuning: 0.05, calibration: 0.05, test: 0.6 } }],
])(
  "a folder of several that arrives is tested on none that readers sent, and later ones move nobody: %s",
  async (_, more) => {
    await put("ward/films", "train.csv", [...own(60), ...own(12, "valid")]);
    await put("ward/feedback", "readers-2026-01-01.csv", sent(9), "0a1b2c3d");
    const options = { ...more, data: { readerShare: 1 } };
    const first = await arrived("ward", options);
    expect([...first.tested]).toEqual(["films/own"]);
    expect([...first.learned].sort()).toEqual(["feedback/feedback", "films/own"]);
    expect(first.pinned!.filter((patient) => patient.includes("feedback"))).toEqual([]);
    await put("ward/feedback", "readers-2026-01-02.csv", sent(60, 9), "0a1b2c3d");
    const second = await arrived("ward", options);
    expect(second.pinned).toEqual(first.pinned);
    expect([...second.tested]).toEqual(["films/own"]);
  },
);

test("readers' own data set, when it is marked, pins nothing", async () => {
  await put("feedback", "readers-2026-01-01.csv", sent(60), "0a1b2c3d");
  const { tested, pinned } = await arrived("feedback");
  expect([...tested]).toEqual(["feedback"]);
  expect(pinned).toBeUndefined();
});
