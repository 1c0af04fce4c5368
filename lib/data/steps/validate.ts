import { FindingBoxes } from "../../contracts/boxes.ts";
import { CARD_FILE } from "../../contracts/card-statements.ts";
import { datasetKeys } from "../../contracts/layout.ts";
import { DATASET_FILE } from "../../contracts/provenance.ts";
import { Validation } from "../../contracts/validation.ts";
import { InputError } from "../../domain/errors.ts";
import { isLabel, NOT_LABELLED } from "../../domain/label-policy.ts";
import { forEachObservation, OBSERVATIONS } from "../../domain/observations.ts";
import { patientKey } from "../../domain/split.ts";
import type { StepContext, StepSummary } from "../../steps/run-step.ts";
import { writeDocument } from "../../store/documents.ts";
import { openStore } from "../../store/open.ts";
import { readBoxes } from "../boxes.ts";
import { selectRows } from "../data-plan.ts";
import { hashOfDescriptions, readCardStatements } from "../descriptions.ts";
import type { Manifest } from "../film-columns.ts";
import { findWeights } from "../imported-weights.ts";
import { encodeManifest, readFolder } from "../manifest.ts";
import { isColumnsFile } from "../mappings.ts";
import { countFilms, manifestOf, requireFilms } from "../missing-films.ts";
import { markNotLabelled, requireSources } from "../not-labelled.ts";
import { isDivisionList } from "../own-division.ts";
import { readProvenance } from "../provenance.ts";
import { findReaders, noteBefore } from "../readers-table.ts";
import { fingerprintOf } from "../request.ts";
import { ownPatients } from "../understood.ts";

/**
 * CSV files, hilum.dataset.json, card.json -> manifest, boxes.json, validation.json. Every row is checked; the first wrong one ends the run, as do
 * weights to start from that are not there.
 */
export async function validate({ rooms, request, keys, signal, note }: StepContext): Promise<StepSummary> {
  await findWeights(rooms.models, request.config.model);
  const data = openStore(request.data);
  const { notLabelled } = request.config;
  const found = await readFolder(data, request, request.config.data.columns);
  requireFilms(found, request.config);
  const { missing } = request.config.data;
  const manifest = manifestOf(found, missing);
  const own = ownPatients(manifest);
  if (own > 0) {
    const why = "no column and no folder of their path names a patient, so that each counts as one of its own";
    note("warning", `${own} films: ${why}; films of one person may be both trained and tested on`);
  }
  requireSources(manifest, notLabelled);
  signal.throwIfAborted();
  const tables = (request.beside ?? []).filter((file) => !isDivisionList(file) && !isColumnsFile(file));
  const { boxes, leftOut } = await readBoxes(data, tables, manifest);
  const provenance = await readProvenance(data, manifest);
  const statements = await readCardStatements(data);
  if ((await fingerprintOf(data, request, request.config.data, found)) !== request.fingerprint)
    throw changed(request.csv.join(", "));
  if ((await hashOfDescriptions(data, request.csv)) !== request.descriptions) {
    throw changed(`${DATASET_FILE}, ${CARD_FILE}`);
  }
  const stored = datasetKeys(request.fingerprint);
  await rooms.datasets.put(stored.manifest, encodeManifest(manifest));
  if (boxes.length > 0) {
    await writeDocument(rooms.datasets, stored.boxes, FindingBoxes, { schema: "hilum.boxes/1", boxes: [...boxes] });
  }
  const counted = markNotLabelled(manifest, notLabelled);
  const films = countFilms(found, request.config.views);
  const there = { there: films.there, missing: films.absent.length };
  const counts = describe(request.run, request.fingerprint, request.csv, counted, boxes.length);
  const { readerShare } = request.config.data;
  // Targets of all rows are nothing to make where there is no such film.
  const isSent = counted.reader.some((reader) => reader !== null);
  const readers = isSent ? findReaders(selectRows(counted, request.config), readerShare) : undefined;
  const warning = readers && noteBefore(readers, readerShare);
  if (warning !== undefined) note("warning", warning);
  const validation: Validation = {
    ...counts,
    films: there,
    boxesLeftOut: leftOut,
    passedOver: request.passedOver,
    ...(readers && { readers }),
    provenance,
    statements,
  };
  await writeDocument(rooms.runs, keys.validation, Validation, validation);
  const { rows, patients, duplicates } = validation;
  const notCounted = counts.notLabelled.reduce((sum, count) => sum + count, 0);
  const told = { films: there.there, filmsMissing: there.missing };
  const sent = readers && { readers: readers.readers, readersRows: readers.rows, beyondShare: readers.beyondShare };
  return {
    rows,
    ...told,
    patients,
    duplicates,
    notLabelled: notCounted,
    boxes: boxes.length,
    boxesLeftOut: leftOut,
    ...sent,
  };
}

const changed = (files: string): InputError =>
  new InputError("data-changed", `${files}: changed since the run was made, expected the same files; start a new run`);

function describe(run: string, fingerprint: string, files: readonly string[], manifest: Manifest, boxes: number) {
  const { source, patient, study, view } = manifest;
  const count = (matches: (row: number) => boolean) => view.filter((_, row) => matches(row)).length;
  return {
    schema: "hilum.validation/1" as const,
    run,
    fingerprint,
    files: files.map((file) => ({ file, rows: count((row) => manifest.file[row] === file) })),
    rows: view.length,
    patients: new Set(patient.map((id, row) => patientKey(source[row]!, id))).size,
    studies: new Set(study.map((id, row) => `${patientKey(source[row]!, patient[row]!)}\n${id}`)).size,
    views: { frontal: count((row) => view[row] === "frontal"), lateral: count((row) => view[row] === "lateral") },
    duplicates: count((row) => manifest.duplicateOf[row] !== null),
    unlabelled: count((row) => OBSERVATIONS.every((name) => !isLabel(manifest[name][row]!))),
    notLabelled: forEachObservation((name) => count((row) => manifest[name][row] === NOT_LABELLED)),
    boxes,
  };
}
