import type { Worker } from "node:worker_threads";
import type { Geometry } from "../contracts/run-config.ts";
import { type ErrorReport, errorFromReport } from "../domain/errors.ts";
import { applyEngineEnvironment } from "../engine/environment.ts";
import { startThread } from "../steps/thread.ts";
import type { FilmIdentity, FilmTask, PreparedFilms } from "./prepare-films.ts";
import type { Question } from "./prepare-worker.ts";

/** Built for a container, the pool and its threads are plain JavaScript side by side. */
const workerModule = new URL(`./prepare-worker${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);

/** Threads that prepare films, each started when it is first needed. */
export interface PreparePool {
  readonly threads: number;
  /** @param pixels see prepareFilms(); memory that threads share */
  prepare(tasks: readonly FilmTask[], pixels: Uint8Array<SharedArrayBuffer>): Promise<PreparedFilms>;
  identify(tasks: readonly FilmTask[]): Promise<FilmIdentity[]>;
  /** Ends the threads; what they were asked for and have not answered is never answered. */
  close(): Promise<void>;
}

interface Thread {
  readonly worker: Worker;
  readonly waiting: { resolve(answer: never): void; reject(error: Error): void }[];
}

type Answer = { readonly answer: never } | { readonly failure: ErrorReport & { readonly stack?: string } };

export interface PoolOptions {
  readonly threads: number;
  readonly dataUri: string;
  readonly geometry: Geometry;
  /** Hashes of films whose pixels stand elsewhere. */
  readonly known: readonly string[];
}

export function openPreparePool({ threads, ...options }: PoolOptions): PreparePool {
  // TensorFlow reads it when the first thread loads it.
  applyEngineEnvironment();
  const pool: Thread[] = [];
  const ask = <T>(question: Question): Promise<T> => {
    const allBusy = pool.every(({ waiting }) => waiting.length > 0);
    if (allBusy && pool.length < threads) pool.push(openThread(options));
    const thread = pool.reduce((a, b) => (b.waiting.length < a.waiting.length ? b : a));
    return new Promise<T>((resolve, reject) => {
      thread.waiting.push({ resolve, reject });
      thread.worker.postMessage(question);
    });
  };
  return {
    threads,
    prepare: (tasks, pixels) => ask({ ask: "prepare", tasks, pixels }),
    identify: (tasks) => ask({ ask: "identify", tasks }),
    async close() {
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}

function openThread(options: Omit<PoolOptions, "threads">): Thread {
  const worker = startThread(workerModule, { workerData: options });
  const thread: Thread = { worker, waiting: [] };
  worker.on("message", (answer: Answer) => {
    const asked = thread.waiting.shift();
    if ("answer" in answer) asked?.resolve(answer.answer);
    else asked?.reject(errorFromReport(answer.failure));
  });
  worker.on("error", (error) => {
    for (const asked of thread.waiting.splice(0)) asked.reject(error);
  });
  return thread;
}
