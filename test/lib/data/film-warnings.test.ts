import { expect, test } from "vitest";
import { Dataset } from "../../../lib/contracts/dataset.ts";
import { StepRecord } from "../../../lib/contracts/run.ts";
import { readDocument } from "../../../lib/store/documents.ts";
import { type DicomTags, dicomFile } from "../imaging/dicom-file.ts";
import { drawnFilm } from "../imaging/films.ts";
import { type DataRun, dataRun } from "./data-run.ts";
import { csvRow, dataSet, filmFile, filmPath, HEADER } from "./source-folder.ts";

/** Films whose headers say so, by their codes. */
const HEADERS: Readonly<Record<string, DicomTags>> = {
  "lateral-view": { "00540220": ["SQ", [{ "00080100": ["SH", "399198007"] }]] },
  "oblique-view": { "00185101": ["CS", "RAO"] },
  "for-processing": { "00080068": ["CS", "FOR PROCESSING"] },
  "burned-in-text": { "00280301": ["CS", "YES"] },
  "orientation-undone": { "00200020": ["CS", "R\\F"] },
};

/** A film of its own for each number. */
function dicom(number: number, tags: DicomTags): Buffer {
  const { width, height, data } = drawnFilm(150 + number, 170);
  return dicomFile({ width, height, values: data as Uint8Array, bitsAllocated: 8, bitsStored: 8 }, { tags });
}

/** As far as the data set's document. */
async function merged(dataUri: string, store?: string): Promise<{ run: DataRun; dataset: Dataset; decoded: unknown }> {
  const run = await dataRun(dataUri, {}, store);
  await run.call("validate");
  await run.call("plan");
  await run.work("prepare");
  await run.call("merge");
  const { summary } = await readDocument(run.rooms.runs, run.keys.stepRecord("prepare", 0), StepRecord);
  const dataset = await readDocument(run.rooms.runs, run.keys.dataset, Dataset);
  return { run, dataset, decoded: summary.decoded };
}

test("films are learned from with the warnings that an answer would have, counted; pixels that are copied bring theirs", async () => {
  const source = await dataSet(20);
  const rows: string[] = [];
  for (const [i, tags] of Object.values(HEADERS).entries()) {
    const path = filmPath(900 + i);
    rows.push(csvRow(path));
    await source.write(filmFile(path), dicom(i, tags));
  }
  const write = () => source.write("train.csv", [HEADER, ...source.rows, ...rows].join("\n"));
  await write();
  const first = await merged(source.uri);
  const told = Object.fromEntries(Object.keys(HEADERS).map((code) => [code, 1]));
  // Those of dataSet() are waves of 60 x 50 pixels in plain JPEG files, which go a way of their own.
  expect(first.dataset.warnings).toMatchObject({ "small-film": 30, ...told });

  const path = filmPath(950);
  rows.push(csvRow(path));
  await source.write(filmFile(path), dicom(50, { ...HEADERS["lateral-view"], ...HEADERS["burned-in-text"] }));
  await write();
  const second = await merged(source.uri, first.run.store);
  expect(second.decoded).toBe(1);
  expect(second.dataset.warnings).toEqual({ ...first.dataset.warnings, "lateral-view": 2, "burned-in-text": 2 });
});
