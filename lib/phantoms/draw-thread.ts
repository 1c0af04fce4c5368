import { parentPort, workerData } from "node:worker_threads";
import { reportError } from "../domain/errors.ts";
import { type Drawing, drawFilms } from "./draw-films.ts";

/** A thread that draws its share of a data set of phantoms, and says of each film that it is written. */
try {
  await drawFilms(workerData as Drawing, (film) => parentPort!.postMessage({ film }));
} catch (error) {
  parentPort!.postMessage({ failure: reportError(error) });
}
