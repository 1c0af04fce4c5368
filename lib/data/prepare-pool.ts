import type { Worker } from "node:worker_threads";
import type { Geometry, Links } from "../contracts/run-config.ts";
import { type ErrorReport, errorFromReport } from "../domain/errors.ts";
import { applyEngineEnvironment } from "../engine/environment.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import { startThread } from "../parallel/start-thread.ts";
import type { FilmIdentity } from "./film-hash.ts";
import type { FilmTask, PreparedFilms } from "./prepare-films.ts";
import type { Question } from "./prepare-worker.ts";

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
  /** Ends the threads; what they were asked for and have not answered is never answered. */
  close(): Promise<void>;
}

interface Job {
  readonly question: Question;
  resolve(answer: never): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  readonly asked: Job[];
}

type Answer = { readonly answer: never } | { readonly failure: ErrorReport & { readonly stack?: string } };

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
  const waiting: Job[] = [];
  let fault: Error | undefined;
  const fail = (error: Error): void => {
    fault = error;
    for (const job of [...pool.flatMap(({ asked }) => asked), ...waiting.splice(0)]) job.reject(error);
  };
  const handOut = (): void => {
    while (waiting.length > 0) {
      const allBusy = pool.every(({ asked }) => asked.length > 0);
      if (allBusy && pool.length < threads) pool.push(openThread(options, handOut, fail));
      const { worker, asked } = pool.reduce((a, b) => (b.asked.length < a.asked.length ? b : a));
      if (asked.length === ASKED_AT_ONCE) return;
      const job = waiting.shift()!;
      asked.push(job);
      worker.postMessage(job.question);
    }
  };
  const ask = <T>(question: Question): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (fault !== undefined) throw fault;
      waiting.push({ question, resolve, reject });
      handOut();
    });
  return {
    threads,
    prepare: (tasks, pixels) => ask({ ask: "prepare", tasks, pixels }),
    identify: (tasks) => ask({ ask: "identify", tasks }),
    async close() {
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}

function openThread(
  options: Omit<PoolOptions, "threads">,
  onFree: () => void,
  onFault: (error: Error) => void,
): Thread {
  const worker = startThread(workerModule, { workerData: options });
  const thread: Thread = { worker, asked: [] };
  worker.on("message", (answer: Answer) => {
    const job = thread.asked.shift();
    onFree();
    if ("answer" in answer) job?.resolve(answer.answer);
    else job?.reject(errorFromReport(answer.failure));
  });
  worker.on("error", onFault);
  return thread;
}
