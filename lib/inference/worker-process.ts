import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { errorFromReport, TemporaryError } from "../domain/errors.ts";
import type { CallName, Calls, Reply, Request } from "./messages.ts";

/**
 * Heaps of glibc's allocator. Eight for each processor, its default, are left in pieces by decoders that work on many
 * threads with pictures of many sizes: resident memory then grows by 15 MB in a thousand films, and with two it does not.
 */
const MALLOC_ARENA_MAX = "2";

const isSource = import.meta.url.endsWith(".ts");

/** The program beside this one; bundled as worker.js. */
const WORKER = new URL(isSource ? "./worker.ts" : "./worker.js", import.meta.url);

/** Milliseconds that a process has to end by itself. */
const GRACE = 3000;

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** A process that answers calls, one message each. It ends for good when it is stopped or crashes. */
export interface WorkerProcess {
  /** @throws TemporaryError `predictor-timeout`, which ends the process, `predictor-stopped`; and what the call throws */
  call<Name extends CallName>(name: Name, ask: Calls[Name]["ask"], timeout: number): Promise<Calls[Name]["answer"]>;
  /** Resolves when the process has ended, with how, for people. */
  readonly ended: Promise<string>;
  /** Lets it end by itself within the grace. */
  stop(graceMs?: number): Promise<void>;
}

export function startWorker(): WorkerProcess {
  const child = fork(fileURLToPath(WORKER), [], {
    execArgv: [...inheritedConditions(), ...sourceLoader()],
    env: { MALLOC_ARENA_MAX, ...process.env },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const noise = lastWords(child);
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let timedOut = false;
  let stopping = false;

  const settle = (id: number): Pending | undefined => {
    const found = pending.get(id);
    pending.delete(id);
    clearTimeout(found?.timer);
    return found;
  };

  child.on("message", (reply: Reply) => {
    const waiting = settle(reply.id);
    if ("error" in reply) waiting?.reject(errorFromReport(reply.error));
    else waiting?.resolve(reply.answer as never);
  });
  // Told by `exit` as well; without a listener it would end this process.
  child.on("error", () => {});

  const ended = exitOf(child).then((how) => {
    if (!stopping) process.stderr.write(noise());
    for (const id of [...pending.keys()]) settle(id)!.reject(stopped(how));
    return how;
  });

  return {
    ended,

    call(call, ask, timeout) {
      return new Promise((resolve, reject) => {
        if (!child.connected) {
          reject(stopped("it has ended"));
          return;
        }
        lastId += 1;
        const id = lastId;
        const timer = setTimeout(() => {
          timedOut = true;
          settle(id)?.reject(
            new TemporaryError("predictor-timeout", `the film took longer than ${timeout / 1000} s and was given up`),
          );
          child.kill("SIGKILL");
        }, timeout);
        pending.set(id, { resolve, reject, timer });
        child.send({ id, call, ask } satisfies Request, (error) => {
          if (error !== null) settle(id)?.reject(stopped("its channel is closed"));
        });
      });
    },

    async stop(graceMs = GRACE) {
      stopping = true;
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };

  function stopped(how: string): TemporaryError {
    const why = timedOut ? "another film took too long" : how;
    return new TemporaryError(
      "predictor-stopped",
      `the predictor's process stopped while it worked (${why}); try again`,
    );
  }
}

const MOST_WORDS = 4000;

/** What the libraries in the process said last; told only if it crashes. */
function lastWords(child: ChildProcess): () => string {
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-MOST_WORDS);
  });
  return () => words;
}

async function exitOf(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) {
    await Promise.race([once(child, "exit"), once(child, "error")]).catch(() => {});
  }
  return child.signalCode ?? `exit code ${child.exitCode}`;
}

/** `--conditions=gpu` chooses the engine's package, in this process and in that. */
const inheritedConditions = (): string[] =>
  process.execArgv.filter((argument) => /^(--conditions=|-C=?\w)/.test(argument));

/** TypeScript's loader, by its path: the working folder may be anywhere. */
function sourceLoader(): string[] {
  if (!isSource) return [];
  return ["--import", pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href];
}
