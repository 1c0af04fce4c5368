import { type Execution, executionHistory, findExecution } from "../../../lib/cloud/executions.ts";
import { stageRooms } from "../../../lib/cloud/rooms.ts";
import { stackOutputs } from "../../../lib/cloud/stacks.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { RunId, RunRequest } from "../../../lib/contracts/run.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { findDocument } from "../../../lib/store/documents.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { type StateRun, stateRuns } from "../../../lib/workflow/state-runs.ts";

export interface FoundRun {
  /** The room `runs`. */
  readonly runs: Store;
  readonly execution: Execution;
  readonly states: readonly StateRun[];
}

/** The newest execution of a run of a stage. @throws InputError `no-such-run` */
export async function findRun(stage: string, run: string): Promise<FoundRun> {
  const runs = openStore((await stageRooms(stage)).HILUM_RUNS);
  const known = RunId.safeParse(run).success;
  const request = known ? await findDocument(runs, runKeys(run).request, RunRequest) : undefined;
  const { StateMachine } = await stackOutputs(stage, "training");
  const execution = request && (await findExecution(StateMachine, request));
  if (execution === undefined) {
    throw new InputError(
      "no-such-run",
      `${run}: no run of stage ${stage}; bin/hilum status --stage ${stage} lists them`,
    );
  }
  return { runs, execution, states: stateRuns(await executionHistory(execution.arn)) };
}
