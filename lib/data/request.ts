import { createHash } from "node:crypto";
import { LABELS, runKeys } from "../contracts/layout.ts";
import { RunRequest } from "../contracts/run.ts";
import { divisionOf, type Missing, type RunConfig } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import { writeDocument } from "../store/documents.ts";
import { openStore, type Rooms } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { boxesFilesOf, isBoxesFile } from "./boxes.ts";
import { readCsvHeader } from "./csv.ts";
import { hashOfDescriptions } from "./descriptions.ts";
import { type FolderFilms, readFolder } from "./manifest.ts";
import { fingerprintOfFilms } from "./missing-films.ts";
import { roleOf } from "./sources/formats.ts";

/** CheXpert's own files, in the order in which the study appended them. */
const USUAL_FILES = ["train.csv", "valid.csv"];
/** The same where their division counts: films of the test part are then no training films. */
const GIVEN_FILES = [...USUAL_FILES, "test.csv"];

/**
 * What a run of this configuration over this folder is. Reads the CSV files, writes nothing. Its name tells two folders
 * apart even where their CSV files are the same: each has films and pinned test patients of its own; and two readings of
 * their labels. Another word about the
 * films, or about the model, is another run, since its report and its model say otherwise; the films' shards are the same.
 * @param dataUri folder with CSV files and films
 * @throws InputError `data` where there is no CSV file
 */
export async function prepareRequest(dataUri: string, config: RunConfig): Promise<RunRequest> {
  const data = openStore(dataUri);
  const csv = await findCsvFiles(data, divisionOf(config.split) === "as-given" ? GIVEN_FILES : USUAL_FILES);
  const fingerprint = await fingerprintOf(data, csv, config.data.missing);
  const descriptions = await hashOfDescriptions(data, csv);
  const work = createHash("sha256").update(fingerprint).update(data.uri).update(LABELS).update(canonical(config));
  if (descriptions !== undefined) work.update(descriptions);
  return RunRequest.parse({
    schema: "hilum.request/1",
    run: `${config.name}-${work.digest("hex").slice(0, 8)}`,
    data: dataUri,
    csv,
    fingerprint,
    descriptions,
    config,
    createdAt: new Date().toISOString(),
  });
}

/** Writes the request where the run's steps look for it; a run that has one already keeps it, so that it can go on. */
export async function writeRequest(rooms: Rooms, request: RunRequest): Promise<void> {
  const key = runKeys(request.run).request;
  if (await rooms.runs.head(key)) return;
  await writeDocument(rooms.runs, key, RunRequest, request);
}

/**
 * The files of these names where they are, CheXpert's train.csv and valid.csv; otherwise every CSV file there of a known kind; otherwise those in the folders
 * there, each of which is a source of its own. Where there is none of a known kind, every CSV file, so that reading says
 * what it lacks.
 */
export async function findCsvFiles(data: Store, names: readonly string[] = USUAL_FILES): Promise<string[]> {
  const usual: string[] = [];
  for (const file of names) if (await data.head(file)) usual.push(file);
  if (usual.length > 0) return usual;
  const others: string[] = [];
  for await (const { key } of data.list("")) {
    if (/^([^/]+\/)?[^/]+\.csv(\.gz)?$/.test(key) && !isBoxesFile(key)) others.push(key);
  }
  const known: string[] = [];
  for (const file of others) if (roleOf(await readCsvHeader(file, data.stream(file)))) known.push(file);
  const beside = known.filter((file) => !file.includes("/"));
  if (known.length > 0) return (beside.length > 0 ? beside : known).sort();
  if (others.length > 0) return others.sort();
  throw new InputError(
    "data",
    `${data.uri}: no CSV file there; expected labels in CheXpert's form (train.csv, valid.csv) or NIH's (Data_Entry_2017.csv)`,
  );
}

/**
 * SHA-256 over the CSV files and the boxes beside them, names and lengths included; where rows without a film are left out,
 * over which films are there too.
 * @param found what the folder holds, where that is known already
 * @throws InputError as readFolder, where films are left out
 */
export async function fingerprintOf(
  data: Store,
  csv: readonly string[],
  missing: Missing,
  found?: FolderFilms,
): Promise<string> {
  const fingerprint = await fingerprintOfFiles(data, csv);
  return missing === "set-aside"
    ? fingerprint
    : fingerprintOfFilms(fingerprint, found ?? (await readFolder(data, csv)));
}

async function fingerprintOfFiles(data: Store, csv: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of [...csv, ...boxesFilesOf(csv)]) {
    const info = await data.head(file);
    if (info === undefined && isBoxesFile(file)) continue;
    hash.update(`${file}\n${info?.size}\n`);
    for await (const piece of data.stream(file)) hash.update(piece);
  }
  return hash.digest("hex");
}

/** JSON whose keys are in order, so that equal values give equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}
