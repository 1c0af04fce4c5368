import { runKeys } from "../../lib/contracts/layout.ts";
import { RunOutcome } from "../../lib/contracts/run.ts";
import type { RunConfig } from "../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../lib/data/request.ts";
import { findDocument } from "../../lib/store/documents.ts";
import { openRooms, roomsOf } from "../../lib/store/open.ts";
import { execute } from "./execute.ts";
import { asShownPath } from "./places.ts";
import { type RunReport, readRunReport } from "./run-report.ts";

export interface StartOptions {
  readonly data: string;
  readonly config: RunConfig;
  readonly store: string;
  readonly signal: AbortSignal;
  readonly device?: "cpu" | "gpu" | undefined;
  readonly parallel: number;
}

/** A run from data and configuration to its end; the same data and configuration go on with the same run. */
export async function startRun({ data, config, store, ...options }: StartOptions): Promise<RunReport> {
  const request = await prepareRequest(data, config);
  const rooms = openRooms(roomsOf(store));
  await writeRequest(rooms, request);
  const { run } = request;
  const outcome = await findDocument(rooms.runs, runKeys(run).outcome, RunOutcome);
  const ended = outcome !== undefined && outcome.status !== "failed";
  console.error(`Run ${run} in ${asShownPath(store)}${ended ? " has ended before; this is what it gave" : ""}`);
  if (!ended) await execute({ store, run, ...options });
  return readRunReport(store, run);
}
