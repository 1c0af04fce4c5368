import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { stillTemplate } from "../../../functions/api/still-template.ts";
import { readRun } from "../../../lib/runs/read-run.ts";
import { stillPage, writeStillPage } from "../../../lib/runs/still-page.ts";
import type { Store } from "../../../lib/store/store.ts";
import { asShownPath } from "../places.ts";
import { openRuns, type RunsOptions } from "./runs-room.ts";

export interface ExportOptions extends RunsOptions {
  readonly out?: string;
}

async function exportTo(file: string, runs: Store, run: string): Promise<string> {
  const page = stillPage(stillTemplate(), await readRun(runs, run));
  await mkdir(dirname(resolve(file)), { recursive: true });
  await writeFile(file, page);
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
