import { workerData } from "node:worker_threads";
import type { Geometry, Links } from "../contracts/run-config.ts";
import { answerCalls } from "../parallel/answer-calls.ts";
import { limiter } from "../parallel/limiter.ts";
import { openStore } from "../store/open.ts";
import { identifyFilms, prepareFilms } from "./prepare-films.ts";
import type { PrepareCalls } from "./prepare-pool.ts";
import { squareReader } from "./read-square.ts";

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

/** One after another: films of two tasks at once would take twice the memory. */
const turn = limiter({ places: 1 });

answerCalls<PrepareCalls>({
  prepare: ({ tasks, pixels }) => turn.run(() => prepareFilms(data, tasks, geometry, pixels, squares.read, knownFilms)),
  identify: (tasks) => turn.run(() => identifyFilms(data, tasks)),
});
