import { Arrivals, executionName, type StartedVersion } from "../../lib/contracts/arrivals.ts";
import { ARRIVALS, pendingKey } from "../../lib/contracts/layout.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { sha256 } from "../../lib/domain/sha256.ts";
import { decodeDocument } from "../../lib/store/documents.ts";
import type { Store } from "../../lib/store/store.ts";
import { updateDocument } from "../../lib/store/update.ts";
import type { ExecutionState, Executions } from "./executions.ts";
import { type Next, onNameTaken } from "./next.ts";

export interface AccountOptions {
  /** The room `runs`. */
  readonly runs: Store;
  readonly executions: Executions;
  /** Folder of the data set. */
  readonly data: string;
}

const arrivalName = (data: string): string => sha256(data).slice(0, 32);

/**
 * Every data set's account.
 * @param onUnreadable told of one that is damaged; the others are read all the same
 */
export async function* accounts(runs: Store, onUnreadable: (fault: InputError) => void): AsyncGenerator<Arrivals> {
  for await (const { key } of runs.list(ARRIVALS)) {
    const bytes = await runs.get(key);
    try {
      yield decodeDocument(Arrivals, bytes, `${runs.uri}/${key}`);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      onUnreadable(error);
    }
  }
}

/**
 * Changes a data set's account and starts what it then says. Whoever finds that another has written meanwhile reads and
 * decides anew; what was claimed is started after it was written, so that whoever comes after a crash starts it instead.
 * @param decide called with the account as it stands and how its current execution does; again after each conflict
 * @returns the version that was started or made sure of
 */
export async function settle(
  options: AccountOptions,
  decide: (arrivals: Arrivals, state: ExecutionState | undefined) => Next | Promise<Next>,
): Promise<StartedVersion | undefined> {
  let next: Next = {};
  await updateDocument(options.runs, pendingKey(arrivalName(options.data)), Arrivals, async (standing) => {
    const arrivals = standing ?? none(options.data);
    next = await decide(arrivals, await stateOf(arrivals, options.executions));
    return next.arrivals;
  });
  const { start } = next;
  if (start === undefined) return undefined;
  if (await options.executions.start(executionName(start), start.run)) return start;
  await settle(options, (now) => onNameTaken(now, start));
  return start;
}

/** What its last step said counts before what the service says: the execution is open for a moment after it. */
async function stateOf({ current }: Arrivals, executions: Executions): Promise<ExecutionState | undefined> {
  if (current === null) return undefined;
  return current.ended ?? (await executions.state(executionName(current)));
}

const none = (data: string): Arrivals => ({
  schema: "hilum.arrivals/1",
  data,
  current: null,
  pending: null,
  refused: null,
});
