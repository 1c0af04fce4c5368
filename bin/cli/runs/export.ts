import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { stillPage } from "../../../functions/api/still-page.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { readRun } from "../../../lib/runs/read-run.ts";
import type { Store } from "../../../lib/store/store.ts";
import { asShownPath } from "../places.ts";
import { openRuns, type RunsOptions } from "./runs-room.ts";

export interface ExportOptions extends RunsOptions {
  readonly out?: string;
}

/** Writes a run's page as one file beside its report. @returns where */
export async function exportBeside(runs: Store, run: string): Promise<string> {
  const { page: key } = runKeys(run);
  await runs.put(key, Buffer.from(await stillPage(await readRun(runs, run))));
  return asShownPath(`${runs.uri}/${key}`);
}

async function exportTo(file: string, runs: Store, run: string): Promise<string> {
  const page = await stillPage(await readRun(runs, run));
  await mkdir(dirname(resolve(file)), { recursive: true });
  await writeFile(file, page);
  return file;
}

export async function exportRun(run: string, { out, json, ...place }: ExportOptions): Promise<void> {
  const runs = await openRuns(place);
  const file = await (out === undefined ? exportBeside(runs, run) : exportTo(out, runs, run));
  console.log(json ? JSON.stringify({ run, file }) : file);
}
