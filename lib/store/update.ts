import type * as z from "zod";
import { backOff } from "../parallel/back-off.ts";
import { decodeDocument, encodeDocument } from "./documents.ts";
import { PreconditionError, undefinedIfMissing } from "./errors.ts";
import type { Etag, Store } from "./store.ts";

/** Attempts before a writer gives way to the others, unless the caller says otherwise. */
const ATTEMPTS = 50;

/** Milliseconds before another attempt. */
const WAIT = { first: 10, longest: 100 };

export interface UpdateOptions {
  /** How often to read, change and write; 1 fails at the first conflict. */
  readonly attempts?: number;
}

/** What stands under a key after an update, and its etag for a later putIfMatch. */
export interface Updated<T> {
  readonly value: T;
  readonly etag: Etag;
}

/** Undefined only where a change may be none. */
type Maybe<T, Change> = undefined extends Change ? T | undefined : T;

/**
 * Reads an object, changes it, and writes it only where nobody has written since (compare and swap); otherwise all of it
 * again, with a drawn wait between. The one way in which several writers share an object: none of them loses a change.
 * @param change from what stands there (undefined where nothing does) to what shall; undefined writes nothing, nor does the
 *   very same array. What it throws ends the update, and nothing is written
 * @returns undefined where nothing stands there and nothing was to be written
 * @throws PreconditionError where others were always faster
 */
export async function updateObject<Change extends Uint8Array | undefined>(
  store: Store,
  key: string,
  change: (current: Uint8Array | undefined) => Change | Promise<Change>,
  { attempts = ATTEMPTS }: UpdateOptions = {},
): Promise<Maybe<Updated<Uint8Array>, Change>> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await store.read(key).catch(undefinedIfMissing);
    const value = await change(found?.bytes);
    if (value === undefined || value === found?.bytes) {
      return (found && { value: found.bytes, etag: found.etag }) as Maybe<Updated<Uint8Array>, Change>;
    }
    try {
      const etag = await (found ? store.putIfMatch(key, value, found.etag) : store.putIfAbsent(key, value));
      return { value, etag };
    } catch (error) {
      if (!(error instanceof PreconditionError) || attempt >= attempts) throw error;
      await backOff(WAIT, attempt);
    }
  }
}

/**
 * The same of a document.
 * @param change undefined, or the very same document, writes nothing
 * @throws PreconditionError; InputError `document` where what stands there is none of that schema
 */
export async function updateDocument<T extends z.ZodType, Change extends z.input<T> | undefined>(
  store: Store,
  key: string,
  schema: T,
  change: (current: z.infer<T> | undefined) => Change | Promise<Change>,
  options?: UpdateOptions,
): Promise<Maybe<Updated<z.infer<T>>, Change>> {
  const decode = (bytes: Uint8Array): z.infer<T> => decodeDocument(schema, bytes, `${store.uri}/${key}`);
  const updated: Updated<Uint8Array> | undefined = await updateObject(
    store,
    key,
    async (bytes) => {
      const current = bytes && decode(bytes);
      const next = await change(current);
      return next === undefined || next === current ? undefined : encodeDocument(schema.parse(next));
    },
    options,
  );
  return (updated && { value: decode(updated.value), etag: updated.etag }) as Maybe<Updated<z.infer<T>>, Change>;
}
