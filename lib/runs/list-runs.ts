import { RunId } from "../contracts/run.ts";
import { InputError, reportError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { type RunStatus, type RunView, readRun } from "./read-run.ts";

/** A line of the list. */
export interface RunSummary extends Pick<RunView, "run" | "description" | "createdAt" | "seconds" | "model"> {
  readonly status: RunStatus;
  readonly network: string;
  readonly fingerprint: string;
  readonly meanAuroc: number | null;
  readonly meanAurocInterval: readonly [number, number] | null;
  /** The state that is at work, or that it ended at. */
  readonly at: string | null;
}

export interface RunList {
  /** Newest first. */
  readonly runs: readonly RunSummary[];
  /** Runs whose documents this version can't read, with why. */
  readonly unreadable: readonly { readonly run: string; readonly message: string }[];
}

/** Every run that has a request. */
export async function listRuns(runs: Store): Promise<RunList> {
  const found: RunSummary[] = [];
  const unreadable: { run: string; message: string }[] = [];
  for await (const { key } of runs.list("")) {
    const [run = "", file, ...rest] = key.split("/");
    if (file !== "request.json" || rest.length > 0 || !RunId.safeParse(run).success) continue;
    try {
      found.push(summarise(await readRun(runs, run)));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unreadable.push({ run, message: reportError(error).message });
    }
  }
  return { runs: found.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)), unreadable };
}

export function summarise(view: RunView): RunSummary {
  const { run, description, status, createdAt, seconds, fingerprint, config, figures, model, states } = view;
  const at = states.findLast(({ status: s, step }) => step !== null && ["running", "failed", "stopped"].includes(s));
  return {
    ...{ run, description, status, createdAt, seconds, fingerprint, model },
    network: config.model.network,
    meanAuroc: figures?.meanAuroc ?? null,
    meanAurocInterval: figures?.meanAurocInterval ?? null,
    at: at?.state ?? null,
  };
}
