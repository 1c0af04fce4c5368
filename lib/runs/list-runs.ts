import { runKeys } from "../contracts/layout.ts";
import { endedWell, RunId } from "../contracts/run.ts";
import { InputError, reportError } from "../domain/errors.ts";
import type { Claims } from "../domain/observation-status.ts";
import { eachOf } from "../parallel/each-of.ts";
import type { Store } from "../store/store.ts";
import { type RunStatus, type RunView, readRun } from "./read-run.ts";

/** A line of the list. */
export interface RunSummary
  extends Pick<RunView, "run" | "description" | "createdAt" | "seconds" | "caution" | "model" | "unreadable"> {
  readonly status: RunStatus;
  readonly network: string;
  readonly fingerprint: string;
  readonly meanAuroc: number | null;
  readonly meanAurocInterval: readonly [number, number] | null;
  /** Of the observations that the mean is over; null before the evaluation. */
  readonly claims: Claims | null;
  /** The state that is at work, or that it ended at. */
  readonly at: string | null;
  /** Why it failed. */
  readonly failure: string | null;
}

export interface RunList {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Runs whose documents this version can't read, with why. */
  readonly unreadable: readonly { readonly run: string; readonly message: string }[];
}

/** Runs that are read at a time. */
const AT_A_TIME = 16;

/** Lists a store's runs, again and again: what a run came to that has ended well is read once. */
export function runLister(runs: Store): () => Promise<RunList> {
  const ended = new Map<string, { readonly outcome: string; readonly summary: RunSummary }>();

  async function look(run: string, keys: ReadonlySet<string>): Promise<RunSummary> {
    const { outcome: key } = runKeys(run);
    const outcome = keys.has(key) ? Buffer.from(await runs.get(key)).toString() : undefined;
    const known = ended.get(run);
    if (outcome !== undefined && known?.outcome === outcome) return known.summary;
    const summary = summarise(await readRun(runs, run, keys));
    if (outcome !== undefined && endedWell(summary.status)) ended.set(run, { outcome, summary });
    else ended.delete(run);
    return summary;
  }

  return async () => {
    const asked = [...(await keysByRun(runs))].filter(([run, keys]) => keys.has(runKeys(run).request));
    const found: RunSummary[] = [];
    const unreadable: { run: string; message: string }[] = [];
    await eachOf(asked, AT_A_TIME, async ([run, keys]) => {
      try {
        found.push(await look(run, keys));
      } catch (error) {
        // Removed since it was listed.
        if (reportError(error).code === "not-found") return;
        if (!(error instanceof InputError)) throw error;
        unreadable.push({ run, message: reportError(error).message });
      }
    });
    return {
      runs: found.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt) || (a.run < b.run ? -1 : 1)),
      unreadable: unreadable.sort((a, b) => (a.run < b.run ? -1 : 1)),
    };
  };
}

/** Every run that has a request. */
export const listRuns = (runs: Store): Promise<RunList> => runLister(runs)();

async function keysByRun(runs: Store): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for await (const { key } of runs.list("")) {
    const run = key.slice(0, key.indexOf("/"));
    if (!RunId.safeParse(run).success) continue;
    const keys = found.get(run) ?? new Set();
    found.set(run, keys.add(key));
  }
  return found;
}

export function summarise(view: RunView): RunSummary {
  const { run, description, status, createdAt, seconds, fingerprint, caution, model, unreadable } = view;
  const { config, figures, states } = view;
  const at = states.findLast(({ status: s, step }) => step !== null && ["running", "failed", "stopped"].includes(s));
  return {
    ...{ run, description, status, createdAt, seconds, fingerprint, caution, model, unreadable },
    network: config.model.network,
    meanAuroc: figures?.meanAuroc ?? null,
    meanAurocInterval: figures?.meanAurocInterval ?? null,
    claims: figures?.claims ?? null,
    at: at?.state ?? null,
    failure: view.failure?.message ?? null,
  };
}
