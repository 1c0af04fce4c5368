import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import { openFeedback } from "../../../functions/api/feedback/feedback.ts";
import { ownOrigin } from "../../../functions/api/own-origins.ts";
import { signedUploads } from "../../../functions/api/uploads/signed-uploads.ts";
import { Problem } from "../../../lib/contracts/api.ts";
import { Dataset } from "../../../lib/contracts/dataset.ts";
import { FeedbackReceipt, Reading } from "../../../lib/contracts/feedback.ts";
import { UploadTicket } from "../../../lib/contracts/uploads.ts";
import { Validation } from "../../../lib/contracts/validation.ts";
import { loadRows } from "../../../lib/data/rows.ts";
import { openTrainingData } from "../../../lib/data/training-data.ts";
import { OBSERVATIONS, observationIndex } from "../../../lib/domain/observations.ts";
import { filmPng } from "../../../lib/imaging/overlay.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { storeUri } from "../../../lib/store/open.ts";
import { dataRun } from "../../lib/data/data-run.ts";
import { dicomFile } from "../../lib/imaging/dicom-file.ts";
import { asSharp, drawnFilm } from "../../lib/imaging/films.ts";
import { manifest, serviceDouble, shelfDouble } from "./service-double.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-feedback-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Reads films as the predictor does. */
const films = serviceDouble({
  picture: async (film) => {
    const { image } = await readFilm(film as Uint8Array);
    return { png: await filmPng(image), box: null, outOfDistribution: null, warnings: [], timings: {} };
  },
});

const service = () =>
  createApp({
    films,
    models: shelfDouble(),
    feedback: openFeedback(storeUri(folder)),
    uploads: signedUploads(new MemoryStore("memory://feedback/uploads"), 10_000_000),
    ownOrigin: (url) => ownOrigin(["http://localhost"], url),
  });

const sendForm = (feedback: object, film?: Uint8Array, app = service()) => {
  const form = new FormData();
  form.append("feedback", new Blob([JSON.stringify(feedback)], { type: "application/json" }));
  if (film !== undefined) form.append("film", new File([new Uint8Array(film)], "ROE^JANE.dcm"));
  return app.request("/v1/feedback", { method: "POST", body: form });
};

const sendJson = (feedback: object, app = service()) =>
  app.request("/v1/feedback", {
    method: "POST",
    body: JSON.stringify(feedback),
    headers: { "content-type": "application/json" },
  });

const png = await asSharp(drawnFilm()).png().toBuffer();
const PREDICTION = "11111111-1111-4111-8111-111111111111";
const LABELS = { Cardiomegaly: 1, Edema: 0, Fracture: -1 };
const CONSENTED = { labels: LABELS, consent: true, patient: "p-17", sex: "Female", age: 61, projection: "PA" };

const filesOf = async (): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

describe("labels without a film", () => {
  test("are kept with the answer and the model that they are about", async () => {
    const response = await sendJson({ labels: LABELS, prediction: PREDICTION });
    expect(response.status).toBe(201);
    const receipt = FeedbackReceipt.parse(await response.json());
    expect(receipt.filmKept).toBe(false);
    const files = await filesOf();
    expect(files).toEqual([join(folder, "readings", `${receipt.id}.json`)]);
    const reading = Reading.parse(JSON.parse(await readFile(files[0]!, "utf8")));
    expect(reading).toMatchObject({ labels: LABELS, prediction: PREDICTION, model: manifest.version, film: null });
  });
});

describe("a film with consent", () => {
  test("is kept as a row in CheXpert's format, and no tag of its file with it", async () => {
    const { data, width, height } = drawnFilm();
    const picture = { width, height, bitsAllocated: 8, bitsStored: 8, values: Uint8Array.from(data) } as const;
    const dicom = dicomFile(picture, { tags: { "00100010": ["PN", "ROE^JANE"], "00100020": ["LO", "HOSPITAL-4711"] } });
    expect(Buffer.from(dicom).includes("ROE^JANE")).toBe(true);
    const response = await sendForm(CONSENTED, dicom);
    expect(response.status).toBe(201);
    expect(FeedbackReceipt.parse(await response.json()).filmKept).toBe(true);
    const [csv, ...others] = (await filesOf()).filter((file) => file.endsWith(".csv"));
    expect(others).toEqual([]);
    const rows: Record<string, string>[] = parse(await readFile(csv!), { columns: true });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      Sex: "Female",
      Age: "61",
      "Frontal/Lateral": "Frontal",
      "AP/PA": "PA",
      Cardiomegaly: "1.0",
      Edema: "0.0",
      Fracture: "-1.0",
      Pneumonia: "NA",
    });
    const kept = await readFile(join(folder, rows[0]!.Path!.replace(/^feedback\//, "")));
    expect(kept.equals(await filmPng((await readFilm(dicom)).image))).toBe(true);
    for (const file of await filesOf()) {
      const bytes = await readFile(file);
      expect(`${file}${bytes.toString("latin1")}`).not.toMatch(/ROE|JANE|4711/);
    }
  });

  test("comes by its upload too, which is then deleted", async () => {
    const app = service();
    const ticket = UploadTicket.parse(await (await app.request("/v1/uploads", { method: "POST" })).json());
    const form = new FormData();
    form.append("file", new File([new Uint8Array(png)], "film"));
    await app.request(ticket.url, { method: "POST", body: form });
    const sent = { ...CONSENTED, upload: ticket.upload };
    expect(FeedbackReceipt.parse(await (await sendJson(sent, app)).json()).filmKept).toBe(true);
    expect((await sendJson(sent, app)).status).toBe(404);
  });

  test("many readers at once lose no row", async () => {
    const app = service();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => sendForm({ ...CONSENTED, patient: `p-${i}` }, png, app)),
    );
    const kept = answers.filter(({ status }) => status === 201).length;
    expect(answers.every(({ status }) => status === 201 || status === 503)).toBe(true);
    const [csv] = (await filesOf()).filter((file) => file.endsWith(".csv"));
    const rows: unknown[] = parse(await readFile(csv!), { columns: true });
    expect(rows).toHaveLength(kept);
    expect(kept).toBeGreaterThanOrEqual(16);
  });

  test("trains and tests the one label that its reader judged, also as earlier versions kept it", async () => {
    const app = service();
    for (let i = 0; i < 12; i += 1) {
      const film = await asSharp(drawnFilm(300 + i, 320))
        .png()
        .toBuffer();
      const labels = { Edema: i % 2 };
      expect((await sendForm({ ...CONSENTED, labels, patient: `p-${i}` }, film, app)).status).toBe(201);
    }
    const [csv] = (await filesOf()).filter((file) => file.endsWith(".csv"));
    const written = await readFile(csv!, "utf8");
    for (const kept of [written, written.replaceAll("NA", "")]) {
      await writeFile(csv!, kept);
      const run = await dataRun(pathToFileURL(folder).href);
      await run.call("validate");
      await run.call("plan");
      await run.work("prepare");
      await run.call("merge");
      await run.work("upsampler");
      const data = await openTrainingData(run.rooms, run.request.run);
      const positions = Uint32Array.from(data.rows.row.keys());
      const { targets } = await data.batch(positions);
      await data.close();
      const edema = observationIndex("Edema");
      const expected = Array.from(positions, (at) =>
        OBSERVATIONS.map((_, k) => (k === edema ? data.rows.Edema[at] : Number.NaN)),
      );
      expect([...targets]).toEqual(expected.flat());
      expect(new Set(data.rows.Edema)).toEqual(new Set([0, 1]));
    }
  });

  test("is a data set that the next run takes in", async () => {
    const app = service();
    for (let i = 0; i < 12; i += 1) {
      const film = await asSharp(drawnFilm(300 + i, 320))
        .png()
        .toBuffer();
      expect((await sendForm({ ...CONSENTED, patient: `p-${i}` }, film, app)).status).toBe(201);
    }
    await sendJson({ labels: LABELS }, app);
    const run = await dataRun(pathToFileURL(folder).href);
    await run.call("validate");
    const validation = await readDocument(run.rooms.runs, run.keys.validation, Validation);
    expect(validation).toMatchObject({ rows: 12, patients: 12, studies: 12, views: { frontal: 12, lateral: 0 } });
    await run.call("plan");
    await run.work("prepare");
    await run.call("merge");
    const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
    expect(dataset.rows).toBe(12);
    const rows = await loadRows(run.rooms.runs, run.request.run);
    expect(new Set(rows.Cardiomegaly)).toEqual(new Set([1]));
    expect(new Set(rows.Fracture)).toEqual(new Set([-1]));
    expect(new Set(rows.source)).toEqual(new Set(["feedback"]));
  });
});

describe("refused, and nothing is kept", () => {
  test.each([
    ["a film without consent", { ...CONSENTED, consent: false }, png, 422, "no-consent"],
    ["a pseudonym without consent", { labels: LABELS, patient: "p-1" }, undefined, 422, "no-consent"],
    ["a film without a pseudonym", { labels: LABELS, consent: true }, png, 422, "no-patient"],
    ["no label at all", { ...CONSENTED, labels: {} }, png, 400, "bad-request"],
    ["an unknown observation", { labels: { Hernia: 1 } }, undefined, 400, "bad-request"],
    ["a label that is none", { labels: { Edema: 0.5 } }, undefined, 400, "bad-request"],
    ["a pseudonym that leaves its folder", { ...CONSENTED, patient: "../x" }, png, 400, "bad-request"],
    ["a file that is no film", CONSENTED, Buffer.from("text"), 415, "unsupported-media"],
  ])("%s", async (_, feedback, film, status, code) => {
    const response = await sendForm(feedback, film);
    expect(response.status).toBe(status);
    expect(Problem.parse(await response.json()).code).toBe(code);
    expect(await filesOf()).toEqual([]);
  });

  test("by a service that keeps none", async () => {
    const app = createApp({ films, models: shelfDouble() });
    expect((await sendJson({ labels: LABELS }, app)).status).toBe(404);
  });
});
