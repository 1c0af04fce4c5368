import { openPredictor, type Predictor } from "../../../lib/inference/predictor.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { ModelLocation } from "../model-location.ts";

/** Films on their way to one predictor: two of its batches, so that it never waits for the next. */
const FILMS_EACH = 16;

/** Seconds for one film: a large one waits behind others of its kind. */
const TIMEOUT = 300;

/** The same model in several processes. */
export interface Predictors extends Pick<Predictor, "answer" | "version"> {
  /** Films that keep all of them busy. */
  readonly filmsAtOnce: number;
  close(): Promise<void>;
}

/** @throws as openPredictor */
export async function openPredictors({ models, model }: ModelLocation, workers: number): Promise<Predictors> {
  const store = openStore(models);
  // The first fetches and verifies the files that the others then find.
  const first = await openPredictor({ models: store, model, timeout: TIMEOUT });
  const opened = [{ predictor: first, films: 0 }];
  const close = async () => {
    await Promise.all(opened.map(({ predictor }) => predictor.close()));
  };
  const { version } = first.version;
  const started = await Promise.allSettled(
    Array.from({ length: workers - 1 }, async () => {
      opened.push({ predictor: await openPredictor({ models: store, model: version, timeout: TIMEOUT }), films: 0 });
    }),
  );
  const failed = started.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  return {
    version: first.version,
    filmsAtOnce: workers * FILMS_EACH,
    close,
    async answer(film, options) {
      const idlest = opened.reduce((a, b) => (b.films < a.films ? b : a));
      idlest.films += 1;
      try {
        return await idlest.predictor.answer(film, options);
      } finally {
        idlest.films -= 1;
      }
    },
  };
}
