import { parentPort, workerData } from "node:worker_threads";
import type { Geometry } from "../contracts/run-config.ts";
import { reportError } from "../domain/errors.ts";
import { openStore } from "../store/open.ts";
import { type FilmTask, identifyFilms, prepareFilms } from "./prepare-films.ts";

/** What is asked of a thread. */
export type Question =
  | { readonly ask: "prepare"; readonly tasks: readonly FilmTask[] }
  | { readonly ask: "identify"; readonly tasks: readonly FilmTask[] };

/** A thread of lib/data/prepare-pool.ts: tasks come in, prepared films or their hashes go out. */
const { dataUri, geometry, known } = workerData as {
  readonly dataUri: string;
  readonly geometry: Geometry;
  readonly known: readonly string[];
};
const data = openStore(dataUri);
const knownFilms = new Set(known);

async function answer({ ask, tasks }: Question): Promise<void> {
  try {
    if (ask === "identify") {
      parentPort!.postMessage({ answer: await identifyFilms(data, tasks) });
      return;
    }
    const prepared = await prepareFilms(data, tasks, geometry, knownFilms);
    parentPort!.postMessage({ answer: prepared }, [prepared.pixels.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort!.postMessage({ failure: { ...reportError(error), stack: (error as Error).stack } });
  }
}

// One after another, so that answers come in the order of the requests.
let last = Promise.resolve();
parentPort!.on("message", (question: Question) => {
  last = last.then(() => answer(question));
});
