import type { Arrivals, ArrivedVersion, StartedVersion } from "../../lib/contracts/arrivals.ts";
import type { ExecutionState } from "./executions.ts";

/** What is to be done about a data set. */
export interface Next {
  /** What its account becomes; undefined where it stays. */
  readonly arrivals?: Arrivals;
  /** The version whose execution is to be started, or made sure of. */
  readonly start?: StartedVersion;
}

const isOver = (state: ExecutionState | undefined): boolean => state !== "open" && state !== "missing";

const first = (version: ArrivedVersion): StartedVersion => ({ ...version, attempt: 1, ended: null });

/**
 * A version was found in the folder.
 * @param state of the current version's execution, where there is one
 * @param markedAt when the marker was written that tells of it; null where a sweep looked
 */
export function onFound(
  arrivals: Arrivals,
  found: ArrivedVersion,
  state: ExecutionState | undefined,
  markedAt: string | null,
): Next {
  const { current, pending } = arrivals;
  const settled = { ...arrivals, pending: null, refused: null };
  if (current === null || (current.run !== found.run && isOver(state))) {
    const start = first(found);
    return { arrivals: { ...settled, current: start }, start };
  }
  if (current.run === found.run) {
    // The marker was written again after the files were read that have failed: somebody wants another attempt.
    if (state === "failed" && markedAt !== null && Date.parse(markedAt) > Date.parse(current.at)) {
      const start = { ...first(found), attempt: current.attempt + 1 };
      return { arrivals: { ...settled, current: start }, start };
    }
    const changed = pending !== null || arrivals.refused !== null;
    return { ...(changed && { arrivals: settled }), ...(state === "missing" && { start: current }) };
  }
  return {
    ...(pending?.run !== found.run && { arrivals: { ...arrivals, pending: found, refused: null } }),
    ...(state === "missing" && { start: current }),
  };
}

/** What lies in the folder can't be read; what runs goes on, and nothing waits for it. */
export const onRefused = (arrivals: Arrivals, reason: string): Next => ({
  arrivals: { ...arrivals, pending: null, refused: reason },
});

/** A run has ended, or will in a moment: what waited is next. */
export function onEnded(arrivals: Arrivals, run: string, ended: "succeeded" | "failed"): Next {
  const { current, pending } = arrivals;
  if (current?.run !== run) return {};
  if (pending === null) {
    // One that failed may be redriven: the service says how it stands.
    if (ended === "failed" || current.ended === ended) return {};
    return { arrivals: { ...arrivals, current: { ...current, ended } } };
  }
  const start = first(pending);
  return { arrivals: { ...arrivals, current: start, pending: null }, start };
}

/** The name of the current version's execution was taken by another run. */
export function onNameTaken(arrivals: Arrivals, taken: StartedVersion): Next {
  const { current } = arrivals;
  if (current?.run !== taken.run || current.attempt !== taken.attempt) return {};
  const start = { ...current, attempt: current.attempt + 1 };
  return { arrivals: { ...arrivals, current: start }, start };
}
