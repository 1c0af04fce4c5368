import type { ArrivedVersion } from "../../lib/contracts/arrivals.ts";
import type { RunConfig } from "../../lib/contracts/run-config.ts";
import { checkHeaders } from "../../lib/data/check-headers.ts";
import { prepareRequest, writeRequest } from "../../lib/data/request.ts";
import { InputError } from "../../lib/domain/errors.ts";
import type { Rooms } from "../../lib/store/open.ts";
import { settle } from "./account.ts";
import type { Executions } from "./executions.ts";
import { onEnded, onFound, onRefused } from "./next.ts";

export interface ArrivalOptions {
  readonly rooms: Rooms;
  readonly executions: Executions;
}

export type Arrived =
  | { readonly run: string; readonly outcome: "started" | "waiting or done" }
  | { readonly outcome: "refused"; readonly reason: string };

/**
 * A folder is complete, or may be: starts a run over what lies there now, or leaves it to the run in progress. What
 * the event told of may be gone already; the folder is read after the account, so that a newer state is never
 * overwritten by an older one.
 */
export async function arrive(
  { rooms, executions }: ArrivalOptions,
  data: string,
  config: RunConfig,
  markedAt: string | null,
): Promise<Arrived> {
  let arrived: Arrived | undefined;
  const started = await settle({ runs: rooms.runs, executions, data }, async (arrivals, state) => {
    try {
      const request = await prepareRequest(data, config);
      await checkHeaders(request);
      await writeRequest(rooms, request);
      const { run, fingerprint, createdAt: at } = request;
      arrived = { run, outcome: "waiting or done" };
      return onFound(arrivals, { run, fingerprint, at } satisfies ArrivedVersion, state, markedAt);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      arrived = { outcome: "refused", reason: error.message };
      return arrivals.refused === error.message ? {} : onRefused(arrivals, error.message);
    }
  });
  const seen = arrived as unknown as Arrived;
  return seen.outcome !== "refused" && started?.run === seen.run ? { ...seen, outcome: "started" } : seen;
}

/** A run over a data set has come to its last step: what waited for it is next. */
export const finish = async (
  { rooms, executions }: ArrivalOptions,
  { data, run }: { readonly data: string; readonly run: string },
  ended: "succeeded" | "failed",
): Promise<void> => {
  await settle({ runs: rooms.runs, executions, data }, (arrivals) => onEnded(arrivals, run, ended));
};
