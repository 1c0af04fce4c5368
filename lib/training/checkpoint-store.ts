import type { runKeys } from "../contracts/layout.ts";
import { LatestCheckpoint } from "../contracts/training.ts";
import { chunks } from "../domain/chunks.ts";
import { InputError } from "../domain/errors.ts";
import { sha256 } from "../domain/sha256.ts";
import { findDocument, writeDocument } from "../store/documents.ts";
import { undefinedIfMissing } from "../store/errors.ts";
import type { Store } from "../store/store.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.ts";

export type MemberKeys = ReturnType<ReturnType<typeof runKeys>["member"]>;

type Reference = Omit<LatestCheckpoint, "schema" | "previous">;

export interface CheckpointStore {
  /** Keeps it, then points at it, then drops all but it and the one before. A kill in between costs nothing. */
  save(checkpoint: Checkpoint): Promise<void>;
  /**
   * The newest whole checkpoint, or undefined where there is none yet.
   * @throws InputError (`checkpoint-damaged`) where there are some and none is whole
   */
  load(): Promise<Checkpoint | undefined>;
}

export function openCheckpoints(store: Store, keys: MemberKeys): CheckpointStore {
  return {
    async save(checkpoint) {
      const bytes = encodeCheckpoint(checkpoint);
      const { step } = checkpoint.journal;
      const key = keys.checkpoint(step);
      const latest = await findDocument(store, keys.latest, LatestCheckpoint);
      // The same step again (a stop between two checkpoints of it) replaces its object: the one before stays.
      const previous = latest === undefined || latest.key === key ? (latest?.previous ?? null) : refer(latest);
      const { sha256 } = await store.putStream(key, inPieces(bytes));
      const reference: Reference = { key, step, sha256 };
      await writeDocument(store, keys.latest, LatestCheckpoint, { schema: "hilum.latest/1", ...reference, previous });
      await prune(store, keys.checkpoints, [key, previous?.key]);
    },

    async load() {
      const latest = await findDocument(store, keys.latest, LatestCheckpoint);
      if (latest === undefined) return undefined;
      for (const reference of [latest, latest.previous]) {
        const bytes = reference && (await readWhole(store, reference));
        if (bytes) return decodeCheckpoint(bytes, `${store.uri}/${reference.key}`);
      }
      throw new InputError(
        "checkpoint-damaged",
        `${store.uri}/${keys.latest}: no checkpoint that it names is whole; ` +
          `delete ${store.uri}/${keys.prefix} to train from the start`,
      );
    },
  };
}

const refer = ({ key, step, sha256 }: Reference): Reference => ({ key, step, sha256 });

const PIECE_BYTES = 4 * 2 ** 20;

/** Hashed piece by piece as they are written, so that this thread can answer for films in between. */
async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield* chunks(bytes, PIECE_BYTES);
}

/** The object, or undefined where it is gone or not the one that was meant. */
async function readWhole(store: Store, reference: Reference): Promise<Uint8Array | undefined> {
  const bytes = await store.get(reference.key).catch(undefinedIfMissing);
  return bytes !== undefined && sha256(bytes) === reference.sha256 ? bytes : undefined;
}

async function prune(store: Store, prefix: string, keep: readonly (string | undefined)[]): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  for (const key of keys) if (!keep.includes(key)) await store.delete(key);
}
