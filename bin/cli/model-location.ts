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

async function inStore(uri: string, name: string | undefined): Promise<ModelLocation> {
  for (const models of [`${uri}/models`, uri]) {
    if (await openStore(models).head(modelKeys.channels)) {
      return { models, model: name ?? (await liveChannel(models)) };
    }
  }
  throw new InputError("no-model", `${uri}: no model there; make one with bin/hilum demo, or name one with --model`);
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
