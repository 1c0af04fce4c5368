import { runKeys } from "../../lib/contracts/layout.ts";
import { endedWell, RunOutcome, StepRecord } from "../../lib/contracts/run.ts";
import type { RunConfig } from "../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../lib/data/request.ts";
import { escapeText } from "../../lib/domain/shown.ts";
import { list } from "../../lib/report/format.ts";
import { findDocument } from "../../lib/store/documents.ts";
import { openRooms, roomsOf } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { execute } from "./execute.ts";
import { asPath, asShownPath } from "./places.ts";
import { type RunReport, readRunReport } from "./run-report.ts";

export interface RunnerOptions {
  readonly store: string;
  readonly signal: AbortSignal;
  readonly device?: "cpu" | "gpu" | undefined;
  readonly parallel: number;
}

export interface StartOptions extends RunnerOptions {
  readonly data: string;
  readonly config: RunConfig;
}

/** A run from data and configuration to its end; the same data and configuration go on with the same run. */
export async function startRun({ data, config, ...options }: StartOptions): Promise<RunReport> {
  const request = await prepareRequest(data, config);
  await writeRequest(openRooms(roomsOf(options.store)), request);
  const { passedOver = [] } = request;
  if (passedOver.length > 0) console.error(`Passed over, by their columns: ${list(passedOver.map(escapeText))}`);
  return goOn({ ...options, run: request.run });
}

/** A run whose request stands in the store, from where it is to its end. */
export async function goOn({ run, ...options }: RunnerOptions & { readonly run: string }): Promise<RunReport> {
  const { store } = options;
  const environment = roomsOf(store);
  const { runs } = openRooms(environment);
  const ended = await hasEnded(runs, run);
  console.error(`Run ${run} in ${asShownPath(store)}${ended ? " has ended before; this is what it gave" : ""}`);
  if (!ended) await execute({ run, ...options });
  return readRunReport({ store: asPath(store), environment }, run);
}

/** Whether nothing of a run is left to do, the record of its last step included. */
async function hasEnded(runs: Store, run: string): Promise<boolean> {
  const keys = runKeys(run);
  const outcome = await findDocument(runs, keys.outcome, RunOutcome);
  if (outcome === undefined || !endedWell(outcome.status)) return false;
  return (await findDocument(runs, keys.stepRecord("notify"), StepRecord)) !== undefined;
}
