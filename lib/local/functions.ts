import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { moduleBeside } from "../parallel/program-modules.ts";
import { type Child, startChild } from "./child.ts";
import { taskError } from "./task-error.ts";

export interface Call {
  readonly id: number;
  /** URL of the module that exports `handler`. */
  readonly module: string;
  readonly event: unknown;
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  /** As Lambda's Node runtime tells of an error. */
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly trace: readonly string[] };
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

/** Functions in one child process, started with the first call, and anew after a call was given up. */
export function createFunctions({ environment, onLine }: FunctionOptions): Functions {
  let host: Child | undefined;
  let calls = 0;
  /** All that have not ended, those that were given up among them. */
  const living = new Set<Child>();

  const start = (module: string): Child => {
    const child = startChild({ program: HOST, module, environment, onLine, ipc: true });
    living.add(child);
    const forget = () => {
      living.delete(child);
      if (host === child) host = undefined;
    };
    child.ended.then(forget, forget);
    return child;
  };

  return {
    invoke(module, event, signal) {
      host ??= start(module);
      const child = host;
      calls += 1;
      const id = calls;
      return new Promise((resolve, reject) => {
        const settle = (act: () => void) => {
          child.process.off("message", onMessage);
          signal.removeEventListener("abort", onAbort);
          act();
        };
        const onMessage = (answer: Answer) => {
          if (answer.id !== id) return;
          const { error } = answer;
          settle(() => (error ? reject(taskError(error.errorType, JSON.stringify(error))) : resolve(answer.result)));
        };
        const onAbort = () => {
          child.stop(GRACE_MS);
          // The next call must not meet it while it ends.
          if (host === child) host = undefined;
          settle(() => reject(signal.reason));
        };
        child.process.on("message", onMessage);
        signal.addEventListener("abort", onAbort);
        if (signal.aborted) return onAbort();
        child.ended.then(
          (code) => settle(() => reject(exitError(code))),
          (error) => settle(() => reject(error)),
        );
        child.process.send({ id, module, event } satisfies Call);
      });
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
