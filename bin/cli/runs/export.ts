import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { stillPage } from "../../../functions/api/still-page.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { readRun } from "../../../lib/runs/read-run.ts";
import { asShownPath } from "../places.ts";
import { openRuns, type RunsOptions } from "./runs-room.ts";

export interface ExportOptions extends RunsOptions {
  readonly out?: string;
}

/** Writes a run's page as one file: beside its report, or where `--out` says. */
export async function exportRun(run: string, { out, json, ...place }: ExportOptions): Promise<void> {
  const room = await openRuns(place);
  const page = await stillPage(await readRun(room, run));
  const { page: key } = runKeys(run);
  if (out === undefined) await room.put(key, Buffer.from(page));
  else {
    await mkdir(dirname(resolve(out)), { recursive: true });
    await writeFile(out, page);
  }
  const file = out ?? asShownPath(`${room.uri}/${key}`);
  console.log(json ? JSON.stringify({ run, file }) : file);
}
