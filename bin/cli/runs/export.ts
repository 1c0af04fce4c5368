import { writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { stillTemplate } from "../../../functions/api/still-template.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { readRun } from "../../../lib/runs/read-run.ts";
import { stillPage, writeStillPage } from "../../../lib/runs/still-page.ts";
import { makeFolder } from "../../../lib/setup/make-folder.mjs";
import { codeOf } from "../../../lib/store/disk-errors.ts";
import type { Store } from "../../../lib/store/store.ts";
import { asShownPath } from "../places.ts";
import { openRuns, type RunsOptions } from "./runs-room.ts";

export interface ExportOptions extends RunsOptions {
  readonly out?: string;
}

/** A folder is there, or a file where a folder should be. */
const NO_FILE = new Set<string | undefined>(["EISDIR", "ENOTDIR", "EEXIST"]);

async function exportTo(file: string, runs: Store, run: string): Promise<string> {
  const page = stillPage(stillTemplate(), await readRun(runs, run));
  try {
    await makeFolder(dirname(resolve(file)));
    await writeFile(file, page);
  } catch (error) {
    if (!NO_FILE.has(codeOf(error))) throw error;
    throw new InputError("out-file", `${file}: can't be written, expected a file's name (${(error as Error).message})`);
  }
  return file;
}

/** Writes a run's page as one file, beside its report unless `--out` says where. */
export async function exportRun(run: string, { out, json, ...place }: ExportOptions): Promise<void> {
  const runs = await openRuns(place);
  const file =
    out === undefined
      ? asShownPath(`${runs.uri}/${await writeStillPage(runs, run, stillTemplate())}`)
      : await exportTo(out, runs, run);
  console.log(json ? JSON.stringify({ run, file }) : file);
}
