import { runKeys } from "../../../lib/contracts/layout.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { asPath } from "../places.ts";
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
  const room = await openRuns({ store: options.store });
  if (!(await room.head(runKeys(run).request))) {
    throw new InputError("no-such-run", `${asPath(room.uri)}: no run ${run}; bin/hilum runs list names them`);
  }
  printRun(await stoppable("the same command goes on from here", (signal) => goOn({ ...options, run, signal })), json);
}
