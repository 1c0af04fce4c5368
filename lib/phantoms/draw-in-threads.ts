import { type ErrorReport, errorFromReport } from "../domain/errors.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import { startThread } from "../parallel/start-thread.ts";
import type { Drawing, DrawnFilm } from "./draw-films.ts";

const threadModule = moduleBeside("./draw-thread.ts", import.meta.url);

type Message = { readonly film: DrawnFilm } | { readonly failure: ErrorReport };

/** Draws all of a data set's films in so many threads. @throws what the first of them threw; the others end then */
export async function drawInThreads(
  drawing: Drawing,
  threads: number,
  onDrawn: (film: DrawnFilm) => void,
): Promise<void> {
  const workers = Array.from({ length: threads }, () => startThread(threadModule, { workerData: drawing }));
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on("message", (message: Message) => {
              if ("film" in message) onDrawn(message.film);
              else reject(errorFromReport(message.failure));
            });
            worker.on("error", reject);
            worker.on("exit", resolve);
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
