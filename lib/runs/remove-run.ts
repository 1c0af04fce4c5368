import { runKeys } from "../contracts/layout.ts";
import { TemporaryError } from "../domain/errors.ts";
import { holdLease } from "../store/lease.ts";
import type { ObjectInfo, Store } from "../store/store.ts";
import { type RunView, readRun } from "./read-run.ts";

export interface Removal {
  readonly run: string;
  readonly objects: number;
  readonly bytes: number;
  /** What other runs and the API may use: nothing of it goes. */
  readonly stays: { readonly model: string | null; readonly dataset: string };
}

/** What removing a run would take away. @throws InputError `no-such-run` */
export async function planRemoval(runs: Store, run: string): Promise<Removal> {
  return removalOf(await readRun(runs, run), await objectsOf(runs, run));
}

/**
 * Removes every object of a run, its request last: a removal that was cut off can be made again.
 * @throws InputError `no-such-run`; TemporaryError `in-use` where it runs
 */
export async function removeRun(runs: Store, run: string): Promise<Removal> {
  const keys = runKeys(run);
  const view = await readRun(runs, run);
  if (view.status === "running") throw new TemporaryError("in-use", `run ${run}: it runs; stop it before`);
  const lease = await holdLease(runs, keys.runner, `run ${run}`);
  const objects = (await objectsOf(runs, run)).filter(({ key }) => key !== keys.runner);
  for (const { key } of objects) if (key !== keys.request) await runs.delete(key);
  await runs.delete(keys.request);
  await lease.remove();
  return removalOf(view, objects);
}

async function objectsOf(runs: Store, run: string): Promise<ObjectInfo[]> {
  const objects: ObjectInfo[] = [];
  for await (const object of runs.list(runKeys(run).prefix)) objects.push(object);
  return objects;
}

const removalOf = ({ run, model, fingerprint }: RunView, objects: readonly ObjectInfo[]): Removal => ({
  run,
  objects: objects.length,
  bytes: objects.reduce((total, { size }) => total + size, 0),
  stays: { model, dataset: fingerprint },
});
