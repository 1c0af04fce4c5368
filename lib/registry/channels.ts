import { modelKeys } from "../contracts/layout.ts";
import { Channels, VersionId } from "../contracts/model-version.ts";
import { InputError, TemporaryError } from "../domain/errors.ts";
import { findDocument } from "../store/documents.ts";
import { PreconditionError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";
import { type UpdateOptions, updateDocument } from "../store/update.ts";
import { loadVersion } from "./versions.ts";

/** Names that point at a version. */
export const CHANNEL_NAMES = ["production", "candidate", "previous", "anchor"] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** A registry in which nothing was promoted yet. */
const NONE: Channels = {
  schema: "hilum.channels/1",
  generation: 0,
  production: null,
  previous: null,
  candidate: null,
  anchor: null,
};

/** Which version each channel points at. */
export const readChannels = async (models: Store): Promise<Channels> =>
  (await findDocument(models, modelKeys.channels, Channels)) ?? NONE;

type Pointers = Pick<Channels, ChannelName>;
type Change = (channels: Channels) => Partial<Pointers> | undefined | Promise<Partial<Pointers> | undefined>;

/** Writes the next generation of what `change` makes of the channels; of nothing, nothing. */
async function update(models: Store, change: Change, options?: UpdateOptions): Promise<Channels> {
  const updated = await updateDocument(
    models,
    modelKeys.channels,
    Channels,
    async (channels = NONE) => {
      const changed = await change(channels);
      return changed && { ...channels, ...changed, generation: channels.generation + 1 };
    },
    options,
  );
  return updated?.value ?? NONE;
}

/** The same, unless another has written meanwhile: who promotes must have seen what is replaced. */
const updateOnce = (models: Store, change: Change): Promise<Channels> =>
  update(models, change, { attempts: 1 }).catch((cause: unknown) => {
    if (!(cause instanceof PreconditionError)) throw cause;
    const where = `${models.uri}/${modelKeys.channels}`;
    const message = `${where}: another promotion came first; nothing was changed`;
    throw new TemporaryError("channels-changed", message, { cause });
  });

/** Points `candidate` at a version; the last of several writers counts. @throws InputError as loadVersion */
export async function setCandidate(models: Store, version: VersionId): Promise<Channels> {
  await loadVersion(models, version);
  return update(models, ({ candidate, production }) =>
    candidate === version || production === version ? undefined : { candidate: version },
  );
}

/** What a promotion is told besides its version. */
export interface Promotion {
  /**
   * The version that the candidate was compared with; null where there was none; left out to promote whatever is there.
   */
  readonly champion?: VersionId | null;
  /**
   * Whether it is the fixed point that later candidates are measured from as well, besides the version in production: the
   * best promoted so far, or one that a person chose.
   */
  readonly anchors?: boolean;
}

/**
 * Points `production` at a version, and `previous` at what it was. Of several at once exactly one succeeds. A version
 * that is in production already stays there.
 * @throws TemporaryError `channels-changed`, `champion-changed`; InputError as loadVersion
 */
export async function promote(
  models: Store,
  version: VersionId,
  { champion, anchors = true }: Promotion = {},
): Promise<Channels> {
  await loadVersion(models, version);
  return updateOnce(models, (channels) => {
    const { production, candidate } = channels;
    if (production === version) return undefined;
    if (champion !== undefined && champion !== production) {
      const compared = champion === null ? "no model" : champion;
      throw new TemporaryError(
        "champion-changed",
        `${version} was compared with ${compared}, but ${production ?? "no model"} is in production by now; compare it with that`,
      );
    }
    return {
      production: version,
      previous: production,
      candidate: candidate === version ? null : candidate,
      anchor: anchors ? version : anchorOf(channels),
    };
  });
}

/**
 * Swaps `production` and `previous`. A version that was found wanting is no fixed point: where it was, what is gone back to
 * is.
 * @throws InputError `no-previous`; TemporaryError `channels-changed`
 */
export function rollback(models: Store): Promise<Channels> {
  return updateOnce(models, async (channels) => {
    const { production, previous } = channels;
    if (previous === null) {
      throw new InputError(
        "no-previous",
        `${models.uri}: no model was in production before, so there is none to go back to`,
      );
    }
    await loadVersion(models, previous);
    const anchor = anchorOf(channels);
    return { production: previous, previous: production, anchor: anchor === production ? previous : anchor };
  });
}

/** What candidates are measured from besides production; in a registry of before there were anchors, production itself. */
export const anchorOf = ({ anchor, production }: Channels): VersionId | null => anchor ?? production;

const isChannel = (name: string): name is ChannelName => (CHANNEL_NAMES as readonly string[]).includes(name);

/** The version that a channel's name or an id stands for. @throws InputError `no-model`, `model-name` */
export async function resolveVersion(models: Store, name: string): Promise<VersionId> {
  if (!isChannel(name)) {
    const id = VersionId.safeParse(name);
    if (id.success) return id.data;
    const expected = `${CHANNEL_NAMES.join(", ")} or 16 hexadecimal digits`;
    throw new InputError("model-name", `${JSON.stringify(name)} names no model, expected ${expected}`);
  }
  const version = (await readChannels(models))[name];
  if (version !== null) return version;
  throw new InputError("no-model", `${models.uri}: no model in ${name}`);
}
