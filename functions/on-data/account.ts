import { createHash } from "node:crypto";
import { Arrivals, executionName, type StartedVersion } from "../../lib/contracts/arrivals.ts";
import { ARRIVALS, pendingKey } from "../../lib/contracts/layout.ts";
import { decodeDocument, encodeDocument } from "../../lib/store/documents.ts";
import { NotFoundError, PreconditionError } from "../../lib/store/errors.ts";
import type { Etag, Store } from "../../lib/store/store.ts";
import type { ExecutionState, Executions } from "./executions.ts";
import { type Next, onNameTaken } from "./next.ts";

export interface AccountOptions {
  /** The room `runs`. */
  readonly runs: Store;
  readonly executions: Executions;
  /** Folder of the data set. */
  readonly data: string;
}

const arrivalName = (data: string): string => createHash("sha256").update(data).digest("hex").slice(0, 32);

/** Keys of every data set's account. */
export async function* accounts(runs: Store): AsyncGenerator<Arrivals> {
  for await (const { key } of runs.list(ARRIVALS)) {
    yield decodeDocument(Arrivals, await runs.get(key), `${runs.uri}/${key}`);
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
  for (;;) {
    const { arrivals, etag } = await read(options);
    const next = await decide(arrivals, await stateOf(arrivals, options.executions));
    if (next.arrivals !== undefined && !(await write(options, next.arrivals, etag))) continue;
    const { start } = next;
    if (start === undefined) return undefined;
    if (await options.executions.start(executionName(start), start.run)) return start;
    await settle(options, (now) => onNameTaken(now, start));
    return start;
  }
}

/** What its last step said counts before what the service says: the execution is open for a moment after it. */
async function stateOf({ current }: Arrivals, executions: Executions): Promise<ExecutionState | undefined> {
  if (current === null) return undefined;
  return current.ended ?? (await executions.state(executionName(current)));
}

async function read({ runs, data }: AccountOptions): Promise<{ arrivals: Arrivals; etag: Etag | null }> {
  const key = pendingKey(arrivalName(data));
  try {
    const { bytes, etag } = await runs.read(key);
    return { arrivals: decodeDocument(Arrivals, bytes, `${runs.uri}/${key}`), etag };
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
    return { arrivals: { schema: "hilum.arrivals/1", data, current: null, pending: null, refused: null }, etag: null };
  }
}

/** Whether it could be written as nobody else had written since. */
async function write({ runs, data }: AccountOptions, arrivals: Arrivals, etag: Etag | null): Promise<boolean> {
  const key = pendingKey(arrivalName(data));
  const bytes = encodeDocument(Arrivals.parse(arrivals));
  try {
    await (etag === null ? runs.putIfAbsent(key, bytes) : runs.putIfMatch(key, bytes, etag));
    return true;
  } catch (error) {
    if (error instanceof PreconditionError) return false;
    throw error;
  }
}
