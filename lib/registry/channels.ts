import { modelKeys } from "../contracts/layout.ts";
import { Channels, VersionId } from "../contracts/model-version.ts";
import { InputError, TemporaryError } from "../domain/errors.ts";
import { decodeDocument, encodeDocument } from "../store/documents.ts";
import { NotFoundError, PreconditionError } from "../store/errors.ts";
import type { Etag, Store } from "../store/store.ts";
import { loadVersion } from "./versions.ts";

/** Names that point at a version. */
export const CHANNEL_NAMES = ["production", "candidate", "previous"] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** A registry in which nothing was promoted yet. */
const NONE: Channels = {
  schema: "hilum.channels/1",
  generation: 0,
  production: null,
  previous: null,
  candidate: null,
};

interface Reading {
  readonly channels: Channels;
  readonly etag: Etag | null;
}

async function read(models: Store): Promise<Reading> {
  try {
    const { bytes, etag } = await models.read(modelKeys.channels);
    return { channels: decodeDocument(Channels, bytes, `${models.uri}/${modelKeys.channels}`), etag };
  } catch (error) {
    if (error instanceof NotFoundError) return { channels: NONE, etag: null };
    throw error;
  }
}

/** Which version each channel points at. */
export const readChannels = async (models: Store): Promise<Channels> => (await read(models)).channels;

type Pointers = Pick<Channels, ChannelName>;

/** Writes the next generation, unless another one has been written since `reading`. @throws PreconditionError */
async function write(models: Store, { channels, etag }: Reading, change: Partial<Pointers>): Promise<Channels> {
  const next: Channels = { ...channels, ...change, generation: channels.generation + 1 };
  const bytes = encodeDocument(next);
  if (etag === null) await models.putIfAbsent(modelKeys.channels, bytes);
  else await models.putIfMatch(modelKeys.channels, bytes, etag);
  return next;
}

const changed = (models: Store, generation: number, cause: unknown): TemporaryError =>
  new TemporaryError(
    "channels-changed",
    `${models.uri}/${modelKeys.channels}: another promotion came first, after generation ${generation}; nothing was changed`,
    { cause },
  );

async function writeOnce(models: Store, reading: Reading, change: Partial<Pointers>): Promise<Channels> {
  try {
    return await write(models, reading, change);
  } catch (error) {
    throw error instanceof PreconditionError ? changed(models, reading.channels.generation, error) : error;
  }
}

/** Attempts of a change that does not depend on what the channels say. */
const ATTEMPTS = 50;

/** Points `candidate` at a version; the last of several writers counts. @throws InputError as loadVersion */
export async function setCandidate(models: Store, version: VersionId): Promise<Channels> {
  await loadVersion(models, version);
  for (let attempt = 1; ; attempt += 1) {
    const reading = await read(models);
    if (reading.channels.candidate === version || reading.channels.production === version) return reading.channels;
    try {
      return await write(models, reading, { candidate: version });
    } catch (error) {
      if (!(error instanceof PreconditionError) || attempt === ATTEMPTS) throw error;
    }
  }
}

/**
 * Points `production` at a version, and `previous` at what it was. Of several at once exactly one succeeds. A version
 * that is in production already stays there.
 * @param champion the version that the candidate was compared with; null where there was none; left out to promote
 *   whatever is there
 * @throws TemporaryError `channels-changed`, `champion-changed`; InputError as loadVersion
 */
export async function promote(
  models: Store,
  version: VersionId,
  { champion }: { readonly champion?: VersionId | null } = {},
): Promise<Channels> {
  await loadVersion(models, version);
  const reading = await read(models);
  const { production, candidate } = reading.channels;
  if (production === version) return reading.channels;
  if (champion !== undefined && champion !== production) {
    const compared = champion === null ? "no model" : champion;
    throw new TemporaryError(
      "champion-changed",
      `${version} was compared with ${compared}, but ${production ?? "no model"} is in production by now; compare it with that`,
    );
  }
  return writeOnce(models, reading, {
    production: version,
    previous: production,
    candidate: candidate === version ? null : candidate,
  });
}

/** Swaps `production` and `previous`. @throws InputError `no-previous`; TemporaryError `channels-changed` */
export async function rollback(models: Store): Promise<Channels> {
  const reading = await read(models);
  const { production, previous } = reading.channels;
  if (previous === null) {
    throw new InputError(
      "no-previous",
      `${models.uri}: no model was in production before, so there is none to go back to`,
    );
  }
  await loadVersion(models, previous);
  return writeOnce(models, reading, { production: previous, previous: production });
}

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
