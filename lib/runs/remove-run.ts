import { runKeys } from "../contracts/layout.ts";
import { RunId } from "../contracts/run.ts";
import { reportError, TemporaryError } from "../domain/errors.ts";
import { holdLease } from "../store/lease.ts";
import type { ObjectInfo, Store } from "../store/store.ts";
import { noSuchRun } from "./documents.ts";
import { type RunView, readRun } from "./read-run.ts";

export interface Removal {
  readonly run: string;
  readonly objects: number;
  readonly bytes: number;
  /** What other runs and the API may use: nothing of it goes. */
  readonly stays: { readonly model: string | null; readonly dataset: string | null };
}

/** What removing a run would take away, whether or not it can be read. @throws InputError `no-such-run` */
export async function planRemoval(runs: Store, run: string): Promise<Removal> {
  return removalOf(await viewOf(runs, run), run, await objectsOf(runs, run));
}

/**
 * Removes every object of a run, its request last: a removal that was cut off can be made again.
 * @throws InputError `no-such-run`; TemporaryError `in-use` where it runs
 */
export async function removeRun(runs: Store, run: string): Promise<Removal> {
  const objects = await objectsOf(runs, run);
  const view = await viewOf(runs, run);
  if (view?.status === "running") throw new TemporaryError("in-use", `run ${run}: it runs; stop it before`);
  const keys = runKeys(run);
  const lease = await holdLease(runs, keys.runner, `run ${run}`);
  for (const { key } of objects) if (key !== keys.request && key !== keys.runner) await runs.delete(key);
  await runs.delete(keys.request);
  await lease.remove();
  return removalOf(view, run, objects);
}

/** What is there under a run's name that has a request: other names are of what runs share. */
async function objectsOf(runs: Store, run: string): Promise<ObjectInfo[]> {
  const keys = runKeys(RunId.safeParse(run).data ?? (await noSuchRun(runs, run)));
  const objects: ObjectInfo[] = [];
  for await (const object of runs.list(keys.prefix)) objects.push(object);
  return objects.some(({ key }) => key === keys.request) ? objects : noSuchRun(runs, run);
}

const viewOf = (runs: Store, run: string): Promise<RunView | undefined> =>
  readRun(runs, run).catch((error: unknown) => {
    if (reportError(error).code !== "document") throw error;
    return undefined;
  });

const removalOf = (view: RunView | undefined, run: string, objects: readonly ObjectInfo[]): Removal => ({
  run,
  objects: objects.length,
  bytes: objects.reduce((total, { size }) => total + size, 0),
  stays: { model: view?.model ?? null, dataset: view?.fingerprint ?? null },
});
