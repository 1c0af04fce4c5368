import type { Geometry, Links } from "../contracts/run-config.ts";
import { applyEngineEnvironment } from "../engine/environment.ts";
import { type CallThread, startCallThread } from "../parallel/call-thread.ts";
import { limiter } from "../parallel/limiter.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import type { FilmIdentity } from "./film-hash.ts";
import type { FilmTask, PreparedFilms } from "./prepare-films.ts";

const workerModule = moduleBeside("./prepare-worker.ts", import.meta.url);

/** Questions that a thread has at once: one that it works at, and some to go on with while its answers are on their way. */
const ASKED_AT_ONCE = 3;

/**
 * Threads that prepare films, each started when it is first needed. Questions wait for whichever thread is free next, so
 * that none is idle while another one is slow. Where one dies, nothing is answered any more but by its error.
 */
export interface PreparePool {
  readonly threads: number;
  /** @param pixels see prepareFilms(); memory that threads share */
  prepare(tasks: readonly FilmTask[], pixels: Uint8Array<SharedArrayBuffer>): Promise<PreparedFilms>;
  identify(tasks: readonly FilmTask[]): Promise<FilmIdentity[]>;
  /** Ends the threads; what they were asked for and have not answered fails. */
  close(): Promise<void>;
}

/** What is asked of a thread. */
export interface PrepareCalls {
  readonly prepare: {
    ask: { readonly tasks: readonly FilmTask[]; readonly pixels: Uint8Array };
    answer: PreparedFilms;
  };
  readonly identify: { ask: readonly FilmTask[]; answer: FilmIdentity[] };
}

interface Thread extends CallThread<PrepareCalls> {
  /** Questions that it has. */
  asked: number;
}

export interface PoolOptions {
  readonly threads: number;
  readonly dataUri: string;
  readonly links: Links;
  readonly geometry: Geometry;
  /** Hashes of films whose pixels stand elsewhere. */
  readonly known: readonly string[];
}

export function openPreparePool({ threads, ...options }: PoolOptions): PreparePool {
  // TensorFlow reads it when the first thread loads it.
  applyEngineEnvironment();
  const pool: Thread[] = [];
  const places = limiter({ places: threads * ASKED_AT_ONCE });
  let fault: Error | undefined;

  /** The one that has the least to do; another one where all have something and there may be more. */
  function idlest(): Thread {
    const least = pool.reduce<Thread | undefined>((a, b) => (a === undefined || b.asked < a.asked ? b : a), undefined);
    if (least !== undefined && (least.asked === 0 || pool.length === threads)) return least;
    const thread = { ...startCallThread<PrepareCalls>(workerModule, options), asked: 0 };
    void thread.ended.then((error) => {
      fault ??= error;
    });
    pool.push(thread);
    return thread;
  }

  const ask: CallThread<PrepareCalls>["call"] = (name, question) =>
    places.run(async () => {
      if (fault !== undefined) throw fault;
      const thread = idlest();
      thread.asked += 1;
      try {
        return await thread.call(name, question);
      } finally {
        thread.asked -= 1;
      }
    });

  return {
    threads,
    prepare: (tasks, pixels) => ask("prepare", { tasks, pixels }),
    identify: (tasks) => ask("identify", tasks),
    async close() {
      await Promise.all(pool.map((thread) => thread.stop()));
    },
  };
}
