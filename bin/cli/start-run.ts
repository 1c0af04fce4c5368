import type { RunConfig } from "../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../lib/data/request.ts";
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
  await writeRequest(openRooms(roomsOf(store)), request);
  console.error(`Run ${request.run} in ${asShownPath(store)}`);
  await execute({ store, run: request.run, ...options });
  return readRunReport(store, request.run);
}
