/**
 * A process that races others for a store. Told what to do by messages, answers each with one.
 */
import { PreconditionError } from "../../../lib/store/errors.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";

export interface Race {
  readonly uri: string;
  readonly key: string;
  /** Present: put-if-match; absent: put-if-absent. */
  readonly etag?: string;
  /** What each racer of this process writes. */
  readonly racers: readonly string[];
  /** Milliseconds since 1970 at which all begin. */
  readonly startAt: number;
}

/** Adds 1 to a number kept under a key, so many times, by reading and put-if-match; messages each success. */
export interface Count {
  readonly uri: string;
  readonly key: string;
  readonly times: number;
}

/** Overwrites a key with blocks of one letter, until killed. */
export interface Scribble {
  readonly uri: string;
  readonly key: string;
  readonly bytes: number;
}

export type Order = { race: Race } | { count: Count } | { scribble: Scribble };
export type Outcome = "won" | "lost" | { readonly failed: string };

async function race({ uri, key, etag, racers, startAt }: Race): Promise<Outcome[]> {
  const stores = racers.map(() => openStore(uri));
  while (Date.now() < startAt) await new Promise((resolve) => setImmediate(resolve));
  const attempts = racers.map((name, index) => {
    const bytes = Buffer.from(name);
    return etag === undefined ? stores[index]!.putIfAbsent(key, bytes) : stores[index]!.putIfMatch(key, bytes, etag);
  });
  return Promise.all(
    attempts.map((attempt) =>
      attempt.then(
        (): Outcome => "won",
        (error): Outcome => (error instanceof PreconditionError ? "lost" : { failed: String(error) }),
      ),
    ),
  );
}

async function addOne(store: Store, key: string): Promise<void> {
  for (;;) {
    const { bytes, etag } = await store.read(key);
    try {
      await store.putIfMatch(key, Buffer.from(String(Number(Buffer.from(bytes)) + 1)), etag);
      return;
    } catch (error) {
      if (!(error instanceof PreconditionError)) throw error;
    }
  }
}

process.on("message", async (order: Order) => {
  if ("race" in order) process.send!(await race(order.race));
  if ("count" in order) {
    const { uri, key, times } = order.count;
    const store = openStore(uri);
    for (let done = 1; done <= times; done += 1) {
      await addOne(store, key);
      process.send!(done);
    }
  }
  if ("scribble" in order) {
    const { uri, key, bytes } = order.scribble;
    const store = openStore(uri);
    for (let turn = 0; ; turn += 1) {
      await store.put(key, Buffer.alloc(bytes, "abcdefgh"[turn % 8]));
      if (turn === 0) process.send!("begun");
    }
  }
});
process.send!("ready");
