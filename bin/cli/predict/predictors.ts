import type { Refusal } from "../../../lib/contracts/api.ts";
import { openPredictor } from "../../../lib/inference/predictor.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { ModelLocation } from "../model-location.ts";
import type { AnsweringModel } from "./answer.ts";

/** Films on their way to one predictor: two of its batches, so that it never waits for the next. */
const FILMS_EACH = 16;

/** Seconds for one film: a large one waits behind others of its kind. */
const TIMEOUT = 300;

/** The same model in several processes. */
export interface Predictors extends AnsweringModel {
  /** Films that keep all of them busy. */
  readonly filmsAtOnce: number;
  close(): Promise<void>;
}

/** @throws as openPredictor */
export async function openPredictors(
  { models, model }: ModelLocation,
  { workers, refuse }: { readonly workers: number; readonly refuse?: Refusal | undefined },
): Promise<Predictors> {
  const shared = { models: openStore(models), timeout: TIMEOUT, refuse };
  // The first fetches and verifies the files that the others then find.
  const first = await openPredictor({ ...shared, model });
  const opened = [{ predictor: first, films: 0 }];
  const close = async () => {
    await Promise.all(opened.map(({ predictor }) => predictor.close()));
  };
  const { version } = first.version;
  const started = await Promise.allSettled(
    Array.from({ length: workers - 1 }, async () => {
      opened.push({ predictor: await openPredictor({ ...shared, model: version }), films: 0 });
    }),
  );
  const failed = started.find((one) => one.status === "rejected");
  if (failed !== undefined) {
    await close();
    throw failed.reason;
  }
  return {
    version: first.version,
    statuses: first.statuses,
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
