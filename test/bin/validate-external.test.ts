import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MetricsReport } from "../../lib/contracts/evaluation.ts";
import { ExternalValidation } from "../../lib/contracts/external-validation.ts";
import { modelKeys } from "../../lib/contracts/layout.ts";
import { observationsWith } from "../../lib/domain/observation-status.ts";
import { OBSERVATIONS, type Observation } from "../../lib/domain/observations.ts";
import { writePhantoms } from "../../lib/phantoms/write-phantoms.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { observationStatuses } from "../../lib/registry/observation-statuses.ts";
import { listValidations } from "../../lib/registry/validations.ts";
import { loadVersion, verifyVersion } from "../../lib/registry/versions.ts";
import { openRooms, type Rooms, roomsOf, storeUri } from "../../lib/store/open.ts";
import { hilum } from "./hilum.ts";

/** The whole way in seconds: few small films, one epoch. */
const CONFIG = {
  name: "tiny",
  geometry: { size: 32 },
  split: { train: 0.45, tuning: 0.15, calibration: 0.15, test: 0.25 },
  prepare: { rowsPerPart: 100 },
  model: { network: "densenet-mini", headWidth: 8 },
  training: { epochs: 1, batchSize: 8 },
  gate: { minMeanAuroc: 0 },
};

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));
const hasShared = existsSync(join(shared, "cxr-sample")) && existsSync(join(shared, "nih-672"));
/** Films of the other hospital that are looked at. */
const FILMS = 70;

type Cells = Readonly<Record<string, string>>;

const OWN_FORM = "CheXpert";
const FORMS = [OWN_FORM, hasShared ? "NIH ChestX-ray14" : "CheXpert, another hospital"];
const NEVER_LABELLED_BY_NIH: ReadonlySet<Observation> = new Set([
  "Enlarged Cardiomediastinum",
  "Lung Opacity",
  "Pleural Other",
  "Fracture",
  "Support Devices",
]);

/** A run from its films to its gate, on a machine that others use too. */
const SLOWEST_MS = 300_000;

let folder: string;
let own: string;
let other: string;
let store: string;
let rooms: Rooms;
let version: string;

/** The first rows of NIH ChestX-ray14 in a folder of their own. */
async function someOfNih(to: string): Promise<void> {
  const csv = "Data_Entry_2017_v2020.csv";
  const lines = (await readFile(join(shared, "nih-672", csv), "utf8")).split("\n").slice(0, FILMS + 1);
  await mkdir(join(to, "images"), { recursive: true });
  await writeFile(join(to, csv), `${lines.join("\n")}\n`);
  for (const line of lines.slice(1)) {
    const name = line.split(",", 1)[0]!;
    await cp(join(shared, "nih-672/images", name), join(to, "images", name));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-validate-external-"));
  const config = join(folder, "tiny.json");
  await writeFile(config, JSON.stringify(CONFIG));
  store = join(folder, "store");
  other = join(folder, "Other Hospital");
  own = hasShared ? join(shared, "cxr-sample") : join(folder, "phantoms");
  if (hasShared) await someOfNih(other);
  else {
    await writePhantoms({ folder: own, seed: 1, frontalFilms: 70 });
    await writePhantoms({ folder: other, seed: 2, frontalFilms: FILMS });
  }
  const { exitCode, stderr } = await hilum(["run", "--data", own, "--config", config, "--store", store]);
  expect(exitCode, stderr).toBe(0);
  rooms = openRooms(roomsOf(storeUri(store)));
  const { candidate, production } = await readChannels(rooms.models);
  version = (candidate ?? production)!;
}, SLOWEST_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

const call = (data: string, ...more: string[]) => [
  ...["validate-external", "--data", data, "--model", `${storeUri(store)}#${version}`, ...more],
];

async function validation(data: string, ...more: string[]): Promise<ExternalValidation> {
  const { exitCode, stdout, stderr } = await hilum(call(data, "--json", ...more));
  expect(exitCode, stderr).toBe(0);
  return ExternalValidation.parse(JSON.parse(stdout));
}

const total = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

describe(`validate-external (${hasShared ? "cxr-sample's model on nih-672" : "phantoms"})`, () => {
  test("stopped, the same call goes on; what it finds stands beside the version, which stays as it is with its channels", async () => {
    const channels = await readChannels(rooms.models);
    const stopped = await hilum(call(other), (child) => {
      child.stderr!.on("data", (text) => {
        if (/^prepare +done/m.test(String(text))) child.kill("SIGINT");
      });
    });
    expect(stopped.stderr).toContain("stopped; the same command goes on from here");
    expect(stopped.exitCode).toBe(130);
    // TensorFlow's own lines come with the first prediction, which a busy machine may have begun.
    if (!/^predict/m.test(stopped.stderr)) expect(stopped.stderr).not.toMatch(/oneDNN|absl:/);
    expect(await listValidations(rooms.models, version)).toEqual([]);

    const out = join(folder, "out");
    const found = await validation(other, "--out", out);
    expect(found.data).toMatchObject({ name: "Other Hospital", views: ["frontal"] });
    expect(found.films.judged + total(found.films.leftOut)).toBe(found.films.read);
    expect(found.films.judged).toBeGreaterThan(FILMS / 2);
    expect(found.overlap).toEqual({ unchecked: null, ownTestFilms: 0 });
    for (const of of ["sex", "projection", "source"] as const)
      expect(total(found.subjects[of])).toBe(found.films.judged);
    expect(await listValidations(rooms.models, version)).toEqual([found]);
    expect(await verifyVersion(rooms.models, version)).toMatchObject({ version });
    expect(await readChannels(rooms.models)).toEqual(channels);

    const page = await readFile(join(out, "report.html"), "utf8");
    expect(page).toContain("External validation of tiny on Other Hospital");
    expect(page).not.toMatch(/NaN|undefined<|>null</);
    const { stdout } = await hilum(["models", "show", version, "--store", store]);
    expect(stdout).toContain(`Other Hospital: ${found.films.judged} films`);
  });

  test.each(FORMS)("every figure and interval is that of hilum metrics on the tables it writes (%s)", async (form) => {
    const data = form === OWN_FORM ? own : other;
    const out = join(folder, `tables of ${form}`);
    const found = await validation(data, "--out", out);
    const manifest = await loadVersion(rooms.models, version);
    const thresholds = [
      join(out, "external-validation.json"),
      join(store, "models", modelKeys.version(version).manifest),
    ];
    const [metrics, byManifest] = await Promise.all(
      thresholds.map(async (file) => {
        const { stdout, exitCode } = await hilum([
          ...["metrics", "--labels", join(out, "labels.csv"), "--predictions", join(out, "predictions.csv"), "--json"],
          ...["--thresholds", file],
        ]);
        expect(exitCode).toBe(0);
        return MetricsReport.parse(JSON.parse(stdout));
      }),
    );
    expect(byManifest).toEqual(metrics);
    expect(metrics).toMatchObject({ films: found.films.judged, patients: found.subjects.patients });
    for (const name of OBSERVATIONS) {
      const judged = found.perObservation[name];
      if (judged === undefined) {
        expect(found.notJudged[name]).toMatch(/not labelled|not learned by the model: /);
        expect(metrics!.perObservation[name].rows).toBe(0);
        continue;
      }
      const { observedToExpected: _, ...figures } = judged.external;
      expect(figures).toEqual(metrics!.perObservation[name]);
    }
    expect(found.meanAuroc.external).toBe(metrics!.averages.macro.auroc);
    expect(found.meanAuroc.externalInterval).toEqual(metrics!.averages.macro.aurocInterval);
    expect(found.meanAuroc.common.observations.length).toBeGreaterThan(0);

    const statuses = observationStatuses(manifest, null);
    const unlearned = observationsWith(statuses, "not-learned");
    expect(metrics!.notAnswered).toEqual(unlearned);
    const labels = parse(await readFile(join(out, "labels.csv"), "utf8"), { columns: true }) as Cells[];
    expect(metrics!.notLabelled).toBe(
      labels.flatMap((row) => Object.values(row)).filter((cell) => cell === "NA").length,
    );
    const predictions = parse(await readFile(join(out, "predictions.csv"), "utf8"), { columns: true }) as Cells[];
    for (const name of OBSERVATIONS) {
      expect(predictions.every((row) => (row[name] === "") === unlearned.includes(name))).toBe(true);
    }
    // What nobody looked for is told from what the model can't answer for.
    const cells = (name: Observation) => new Set(labels.map((row) => row[name]));
    for (const name of unlearned) {
      if (form === "NIH ChestX-ray14") expect(cells(name).has("NA")).toBe(NEVER_LABELLED_BY_NIH.has(name));
    }
  });

  test("films that the model was fitted on are found; its own test films give its own figures", async () => {
    const found = await validation(own);
    const evaluation = JSON.parse(await readFile(join(store, "models", modelKeys.version(version).evaluation), "utf8"));
    expect(found.films.judged).toBe(evaluation.evaluatedOn.rows);
    expect(found.overlap).toEqual({ unchecked: null, ownTestFilms: found.films.judged });
    expect(found.films.leftOut["film that the model was fitted on"]).toBeGreaterThan(found.films.judged);
    for (const { external, internal } of Object.values(found.perObservation)) {
      expect(internal).toMatchObject({ auroc: external.auroc, recall: external.recall, brier: external.brier });
      expect(internal!.observedToExpected).toBeCloseTo(external.observedToExpected!, 10);
    }
  });

  test("where the run that made it is gone it says that overlap could not be checked", async () => {
    const copy = join(folder, "copy");
    await cp(join(store, "models"), join(copy, "models"), { recursive: true });
    const { stdout, exitCode } = await hilum([
      ...["validate-external", "--data", own, "--model", `${copy}#${version}`, "--json"],
    ]);
    expect(exitCode).toBe(0);
    const found = ExternalValidation.parse(JSON.parse(stdout));
    expect(found.overlap.unchecked).toMatch(/^the run tiny-[0-9a-f]{8} that made it is gone$/);
    expect(found.overlap.ownTestFilms).toBeNull();
  });

  test("another policy is another validation of the same answers", async () => {
    const policy = join(folder, "policy.json");
    await writeFile(policy, JSON.stringify({ uncertain: "ignore", blank: "ignore" }));
    const found = await validation(other, "--policy", policy);
    expect(found.data.policy).toMatchObject({ uncertain: "ignore", blank: "ignore" });
    const known = await listValidations(rooms.models, version);
    expect(new Set(known.map(({ id }) => id)).size).toBe(known.length);
    expect(known.filter(({ data }) => data.name === "Other Hospital")).toHaveLength(2);
  });

  test.each([
    ["a model that is not there", ["--model", "0123456789abcdef"], /no model/],
    ["a folder without a CSV file", ["--data", "EMPTY"], /expected train.csv|no CSV file there/],
    ["views that are none", ["--views", "oblique"], /Allowed choices are frontal, lateral/],
  ])("%s ends it with 64", async (_, more, message) => {
    const empty = await mkdtemp(join(tmpdir(), "hilum-empty-"));
    const { exitCode, stderr } = await hilum([...call(other), ...more.map((one) => (one === "EMPTY" ? empty : one))]);
    expect(exitCode).toBe(64);
    expect(stderr).toMatch(message);
  });
});
