import { TemporaryError } from "../../lib/domain/errors.ts";
import type { AppOptions, EmptyShelf, ModelDocuments, ModelRecords, ModelShelf } from "./dependencies.ts";

/** The model that answers, and what is known of it; each use of one that is not there throws why. */
export type Model = Pick<AppOptions, "films" | "models">;

/** Where no model answers. @param reason what everything that needs one is answered with, asked for each time */
export function noModel(records: ModelRecords, reason: () => unknown): Model {
  const fail = async (): Promise<never> => {
    throw reason();
  };
  const models: EmptyShelf = {
    ...records,
    loaded: null,
    get reason() {
      return reason();
    },
  };
  return { films: { ready: false, answer: fail, picture: fail }, models };
}

/** @throws why there is none */
export function requireLoaded(models: ModelShelf): ModelDocuments {
  if (models.loaded === null) throw models.reason;
  return models.loaded;
}

/** @throws why there is none; TemporaryError `not-ready` */
export function requireReady({ films, models }: Model): ModelDocuments {
  const loaded = requireLoaded(models);
  if (!films.ready) throw notReady();
  return loaded;
}

export const notReady = (): TemporaryError => new TemporaryError("not-ready", "the model is still being loaded");
