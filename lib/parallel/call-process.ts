import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { InputError, TemporaryError } from "../domain/errors.ts";
import { type CallTable, pendingCalls, type Reply } from "./calls.ts";
import { processorSeconds } from "./processor-time.ts";
import { loaderArguments } from "./program-modules.ts";

/**
 * Heaps of glibc's allocator. Eight for each processor, its default, are left in pieces by decoders that work on many
 * threads with pictures of many sizes: resident memory then grows by 15 MB in a thousand films, and with two it does not.
 */
const MALLOC_ARENA_MAX = "2";

/** A module that answers calls (answer-calls.ts). */
interface Program {
  readonly module: URL;
  /** V8's own heap, outside of which a film's pixels lie; V8's choice if left out. */
  readonly heapMiB?: number;
}

/** Milliseconds that a process has to end by itself. */
const GRACE = 3000;
/** Milliseconds between looks at the processor time of a call that is limited by it. */
const LOOK = 200;

export interface Limit {
  /** Milliseconds from the last answer of the process, so that waiting for others' turns does not count. */
  readonly wall: number;
  /** Seconds of processor time, of all of the process. */
  readonly processor?: number;
}

/** How a process ended: by a signal, or with an exit code. */
export type End = NodeJS.Signals | number | null;

/** The process ended while it was asked. */
export class ProcessEnded extends TemporaryError {
  readonly end: End;

  constructor(end: End, how: string) {
    super("predictor-stopped", `the predictor's process stopped while it worked (${how}); try again`);
    this.end = end;
  }
}

interface Clock {
  /** The wall time anew: the process has answered something. */
  restart(): void;
  stop(): void;
}

/** A process that answers calls, one message each. It ends for good when it is stopped or crashes. */
export interface CallProcess<Calls extends CallTable<Calls>> {
  /**
   * @throws TemporaryError `predictor-timeout`, InputError `film-too-slow`, which both end the process; ProcessEnded; and
   * what the call throws
   */
  call<Name extends keyof Calls & string>(
    name: Name,
    ask: Calls[Name]["ask"],
    limit: Limit,
  ): Promise<Calls[Name]["answer"]>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<End>;
  /** Lets it end by itself within the grace. */
  stop(graceMs?: number): Promise<void>;
}

export function startProcess<Calls extends CallTable<Calls>>({ module, heapMiB }: Program): CallProcess<Calls> {
  const child = fork(fileURLToPath(module), [], {
    execArgv: [...inheritedConditions(), ...heapLimit(heapMiB), ...loaderArguments(module.pathname)],
    env: { MALLOC_ARENA_MAX, ...process.env },
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const noise = lastWords(child);
  const calls = pendingCalls();
  const clocks = new Set<Clock>();
  let stopping = false;

  const giveUp = (id: number, error: Error): void => {
    if (!calls.fail(id, error)) return;
    stopping = true;
    child.kill("SIGKILL");
  };

  child.on("message", (reply: Reply) => {
    calls.settle(reply);
    // Whoever else waits does so for others' answers first, which come.
    for (const clock of clocks) clock.restart();
  });
  // Told by `exit` as well; without a listener it would end this process.
  child.on("error", () => {});

  const ended = exitOf(child).then((end) => {
    if (!stopping) process.stderr.write(noise());
    calls.failAll(() => new ProcessEnded(end, tellEnd(end)));
    return end;
  });

  return {
    ended,

    async call(call, ask, limit) {
      // Told once it has ended, so that whoever asks again asks the next one.
      if (!child.connected) {
        const end = await ended;
        throw new ProcessEnded(end, tellEnd(end));
      }
      const { request, answer } = calls.open(call, ask);
      const clock = startClock(child.pid!, limit, (error) => giveUp(request.id, error));
      clocks.add(clock);
      // Where its channel is closed it ends, which tells all who wait.
      child.send(request, () => {});
      try {
        return await answer;
      } finally {
        clock.stop();
        clocks.delete(clock);
      }
    },

    async stop(graceMs = GRACE) {
      stopping = true;
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Tells, once, that a call takes too long; until it is stopped. */
function startClock(pid: number, { wall, processor }: Limit, onLate: (error: Error) => void): Clock {
  const timer = setTimeout(() => {
    const message = `the film took longer than ${wall / 1000} s and was given up`;
    onLate(new TemporaryError("predictor-timeout", message));
  }, wall);
  let looks: NodeJS.Timeout | undefined;
  if (processor !== undefined) {
    const before = processorSeconds(pid);
    looks = setInterval(async () => {
      const [since, now] = await Promise.all([before, processorSeconds(pid)]);
      if (since === undefined || now === undefined || now - since < processor) return;
      const message = `reading the film took more than ${processor} s of processor time; expected a film that is read in less`;
      onLate(new InputError("film-too-slow", message));
    }, LOOK);
  }
  return {
    restart: () => void timer.refresh(),
    stop() {
      clearTimeout(timer);
      clearInterval(looks);
    },
  };
}

export const tellEnd = (end: End): string => (typeof end === "string" ? end : `exit code ${end}`);

const MOST_WORDS = 4000;

/** What the libraries in the process said last; told only if it crashes. */
function lastWords(child: ChildProcess): () => string {
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-MOST_WORDS);
  });
  return () => words;
}

async function exitOf(child: ChildProcess): Promise<End> {
  if (child.exitCode === null && child.signalCode === null) {
    await Promise.race([once(child, "exit"), once(child, "error")]).catch(() => {});
  }
  return child.signalCode ?? child.exitCode;
}

/** `--conditions=gpu` chooses the engine's package, in this process and in that. */
const inheritedConditions = (): string[] =>
  process.execArgv.filter((argument) => /^(--conditions=|-C=?\w)/.test(argument));

const heapLimit = (mebibytes: number | undefined): string[] =>
  mebibytes === undefined ? [] : [`--max-old-space-size=${mebibytes}`];
