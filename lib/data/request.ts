import { createHash } from "node:crypto";
import { LABELS, runKeys } from "../contracts/layout.ts";
import { RunRequest } from "../contracts/run.ts";
import { divisionOf, type RunConfig } from "../contracts/run-config.ts";
import { writeDocument } from "../store/documents.ts";
import { openStore, type Rooms } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { findDataFiles } from "./data-files.ts";
import { hashOfDescriptions } from "./descriptions.ts";
import { type FolderFilms, readFolder } from "./manifest.ts";
import { fingerprintOfFilms } from "./missing-films.ts";

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
  const { passedOver, ...files } = await findDataFiles(data, divisionOf(config.split), config.data.columns);
  const { csv } = files;
  const fingerprint = await fingerprintOf(data, files, config.data);
  const descriptions = await hashOfDescriptions(data, csv);
  const work = createHash("sha256").update(fingerprint).update(data.uri).update(LABELS).update(canonical(config));
  if (descriptions !== undefined) work.update(descriptions);
  return RunRequest.parse({
    schema: "hilum.request/1",
    run: `${config.name}-${work.digest("hex").slice(0, 8)}`,
    data: dataUri,
    ...files,
    passedOver,
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
 * SHA-256 over the CSV files and those read beside them, names and lengths included, and over what a configuration says of their columns; where rows without a film are left out,
 * over which films are there too.
 * @param found what the folder holds, where that is known already
 * @throws InputError as readFolder, where films are left out
 */
export async function fingerprintOf(
  data: Store,
  files: Pick<RunRequest, "csv" | "beside">,
  { missing, columns }: Pick<RunConfig["data"], "missing" | "columns">,
  found?: FolderFilms,
): Promise<string> {
  const fingerprint = await fingerprintOfFiles(data, files, columns);
  return missing === "set-aside"
    ? fingerprint
    : fingerprintOfFilms(fingerprint, found ?? (await readFolder(data, files, columns)));
}

async function fingerprintOfFiles(
  data: Store,
  { csv, beside = [] }: Pick<RunRequest, "csv" | "beside">,
  columns: RunConfig["data"]["columns"],
): Promise<string> {
  const hash = createHash("sha256");
  if (columns !== undefined) hash.update(canonical(columns));
  for (const file of [...csv, ...beside]) {
    const info = await data.head(file);
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
