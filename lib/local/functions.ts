import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { type PendingCalls, pendingCalls, type Reply } from "../parallel/calls.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import { type Child, startChild } from "./child.ts";
import { taskError } from "./task-error.ts";

/** What the process of the functions is asked, and what it answers: as Lambda's Node runtime tells of a result or an error. */
export interface FunctionCalls {
  readonly invoke: {
    /** URL of the module that exports `handler`. */
    ask: { readonly module: string; readonly event: unknown };
    answer: { readonly result: unknown } | { readonly error: FunctionError };
  };
}

export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

export interface FunctionOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** What a function writes while it is called. */
  readonly onLine: (line: string) => void;
}

export interface Functions {
  /**
   * Calls a handler and answers its result.
   * @throws an error under the handler's error's name, as Lambda's integration raises it; the signal's reason
   */
  invoke(module: string, event: unknown, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

const HOST = fileURLToPath(moduleBeside("./function-host.ts", import.meta.url));

/** From SIGTERM to SIGKILL; a function has nothing to save. */
const GRACE_MS = 1000;

/** Exit codes above it are signals' numbers (child.ts). */
const SIGNALS = 128;

/** As Lambda tells of a function whose process has ended. */
function exitError(code: number): Error {
  const signal = code - SIGNALS;
  const how =
    signal > 0 ? `signal: ${signal === constants.signals.SIGKILL ? "killed" : signal}` : `exit status ${code}`;
  const errorType = "Runtime.ExitError";
  return taskError(errorType, JSON.stringify({ errorType, errorMessage: `Runtime exited with error: ${how}` }));
}

interface Host {
  readonly child: Child;
  readonly calls: PendingCalls;
}

/** Functions in one child process, started with the first call, and anew after a call was given up. */
export function createFunctions({ environment, onLine }: FunctionOptions): Functions {
  let host: Host | undefined;
  /** All that have not ended, those that were given up among them. */
  const living = new Set<Child>();

  function start(module: string): Host {
    const child = startChild({ program: HOST, module, environment, onLine, ipc: true });
    const calls = pendingCalls();
    const started = { child, calls };
    living.add(child);
    child.process.on("message", (reply: Reply) => calls.settle(reply));
    const end = (error: () => unknown): void => {
      living.delete(child);
      leave(started);
      calls.failAll(error);
    };
    child.ended.then(
      (code) => end(() => exitError(code)),
      (error) => end(() => error),
    );
    return started;
  }

  /** The next call must not meet one that ends. */
  function leave(ending: Host): void {
    if (host === ending) host = undefined;
  }

  return {
    async invoke(module, event, signal) {
      host ??= start(module);
      const asked = host;
      const { request, answer } = asked.calls.open("invoke", { module, event });
      const giveUp = (): void => {
        asked.child.stop(GRACE_MS);
        leave(asked);
        asked.calls.fail(request.id, signal.reason);
      };
      signal.addEventListener("abort", giveUp);
      if (signal.aborted) giveUp();
      else asked.child.process.send(request);
      try {
        const told = (await answer) as FunctionCalls["invoke"]["answer"];
        if ("error" in told) throw taskError(told.error.errorType, JSON.stringify(told.error));
        return told.result;
      } finally {
        signal.removeEventListener("abort", giveUp);
      }
    },
    async close() {
      await Promise.all(
        [...living].map((child) => {
          child.stop(GRACE_MS);
          return child.ended;
        }),
      );
    },
  };
}
