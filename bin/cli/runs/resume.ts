import { readRun } from "../../../lib/runs/read-run.ts";
import { goOn } from "../start-run.ts";
import { stoppable } from "../stop.ts";
import { printRun } from "../tell-run.ts";
import { openRuns, type RunsOptions } from "./runs-room.ts";

export interface ResumeOptions extends RunsOptions {
  readonly device?: "cpu" | "gpu";
  readonly parallel: number;
}

/** A run that failed or was stopped goes on at that state; steps that are done are skipped. */
export async function resume(run: string, { json, ...options }: ResumeOptions): Promise<void> {
  // One that is there and can be read.
  await readRun(await openRuns({ store: options.store }), run);
  printRun(await stoppable("the same command goes on from here", (signal) => goOn({ ...options, run, signal })), json);
}
