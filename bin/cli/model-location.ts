import { modelKeys } from "../../lib/contracts/layout.ts";
import { VersionId } from "../../lib/contracts/model-version.ts";
import { InputError } from "../../lib/domain/errors.ts";
import { CHANNEL_NAMES, readChannels } from "../../lib/registry/channels.ts";
import { openStore, storeUri } from "../../lib/store/open.ts";

/** Where a model stands. */
export interface ModelLocation {
  /** URI of the room `models`. */
  readonly models: string;
  /** A channel or a version. */
  readonly model: string;
}

const VERSION_FOLDER = /^(.*)\/versions\/([0-9a-f]{16})$/;

/**
 * The model that `place` means: a store or its room `models` (with the production version, otherwise the candidate),
 * a version's folder, either followed by `#` and a version or channel, or such a name alone, in `store`.
 * @throws InputError `no-model`
 */
export async function locateModel(place: string | undefined, store: string): Promise<ModelLocation> {
  if (place === undefined) return inStore(store, undefined);
  if (isName(place)) return inStore(store, place);
  if (isWord(place) && !(await holdsModels(storeUri(place)))) {
    const names = CHANNEL_NAMES.join(", ");
    throw new InputError(
      "no-model",
      `${place}: no version or channel (${names}) of ${store}, and no folder with models`,
    );
  }
  const [base = "", name] = place.split("#", 2);
  const uri = storeUri(base);
  const [, models, version] = uri.match(VERSION_FOLDER) ?? [];
  if (models && version) return { models, model: version };
  return inStore(uri, name);
}

/** Where a store keeps readers' labels. */
export const feedbackOf = (store: string): string => `${store}/feedback`;

const isName = (text: string): boolean =>
  (CHANNEL_NAMES as readonly string[]).includes(text) || VersionId.safeParse(text).success;

/** No path, and no place of a store: a name that was mistyped, or a folder here. */
const isWord = (text: string): boolean => /^[\w.-]+$/.test(text);

async function inStore(uri: string, name: string | undefined): Promise<ModelLocation> {
  const models = await holdsModels(uri);
  if (models === undefined) {
    const made = "bin/hilum demo makes one from drawings, bin/hilum run from films";
    throw new InputError("no-model", `${uri}: no model there yet; ${made}, each with --store`);
  }
  return { models, model: name ?? (await liveChannel(models)) };
}

/** The room `models` of a store, or the place itself where it is one. */
async function holdsModels(uri: string): Promise<string | undefined> {
  for (const models of [`${uri}/models`, uri]) {
    if (await openStore(models).head(modelKeys.channels)) return models;
  }
  return undefined;
}

/** `production`, or where nothing was promoted yet `candidate`, with a warning. */
async function liveChannel(models: string): Promise<string> {
  const { production, candidate } = await readChannels(openStore(models));
  if (production !== null || candidate === null) return "production";
  console.error(
    `hilum: warning: no model is in production; this is the candidate ${candidate}, which was not promoted`,
  );
  return "candidate";
}
