import { parentPort, workerData } from "node:worker_threads";
import type { Geometry } from "../contracts/run-config.ts";
import { reportError } from "../domain/errors.ts";
import { openStore } from "../store/open.ts";
import { type FilmTask, prepareFilms } from "./prepare-films.ts";

/** A thread of lib/data/prepare-pool.ts: tasks come in, prepared films go out. */
const { dataUri, geometry } = workerData as { readonly dataUri: string; readonly geometry: Geometry };
const data = openStore(dataUri);

async function answer(tasks: readonly FilmTask[]): Promise<void> {
  try {
    const prepared = await prepareFilms(data, tasks, geometry);
    parentPort!.postMessage({ prepared }, [prepared.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort!.postMessage({ failure: { ...reportError(error), stack: (error as Error).stack } });
  }
}

// One after another, so that answers come in the order of the requests.
let last = Promise.resolve();
parentPort!.on("message", (tasks: readonly FilmTask[]) => {
  last = last.then(() => answer(tasks));
});
