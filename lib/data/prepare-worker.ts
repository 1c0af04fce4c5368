import { parentPort, workerData } from "node:worker_threads";
import type { Geometry, Links } from "../contracts/run-config.ts";
import { reportError } from "../domain/errors.ts";
import { openStore } from "../store/open.ts";
import { type FilmTask, identifyFilms, prepareFilms } from "./prepare-films.ts";
import { squareReader } from "./read-square.ts";

/** What is asked of a thread. */
export type Question =
  | { readonly ask: "prepare"; readonly tasks: readonly FilmTask[]; readonly pixels: Uint8Array }
  | { readonly ask: "identify"; readonly tasks: readonly FilmTask[] };

/** A thread of lib/data/prepare-pool.ts: tasks come in, prepared films or their hashes go out. */
const { dataUri, links, geometry, known } = workerData as {
  readonly dataUri: string;
  readonly links: Links;
  readonly geometry: Geometry;
  readonly known: readonly string[];
};
const data = { store: openStore(dataUri), links };
const knownFilms = new Set(known);
const squares = squareReader();

async function answer(question: Question): Promise<void> {
  try {
    const answer =
      question.ask === "identify"
        ? await identifyFilms(data, question.tasks)
        : await prepareFilms(data, question.tasks, geometry, question.pixels, squares.read, knownFilms);
    parentPort!.postMessage({ answer });
  } catch (error) {
    parentPort!.postMessage({ failure: { ...reportError(error), stack: (error as Error).stack } });
  }
}

// One after another, so that answers come in the order of the requests.
let last = Promise.resolve();
parentPort!.on("message", (question: Question) => {
  last = last.then(() => answer(question));
});
