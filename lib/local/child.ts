import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { loaderArguments } from "../parallel/program-modules.ts";

const LIFELINE = new URL("./lifeline.mjs", import.meta.url).href;

export interface ChildOptions {
  /** File of a program. */
  readonly program: string;
  readonly args?: readonly string[];
  /** A module that the program loads, of TypeScript or not. */
  readonly module?: string;
  /** Added to this process's environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** Adds a channel for messages (child.send, child.on("message")). */
  readonly ipc?: boolean;
}

export interface Child {
  readonly process: ChildProcess;
  /** Exit code once it has ended and its output is read; 128 and the signal's number where a signal ended it. */
  readonly ended: Promise<number>;
  /** SIGTERM, and SIGKILL where it is still there after the grace. */
  stop(graceMs: number): void;
}

/** Starts a program somewhere: as startChild does here. */
export type StartProgram = (
  options: Pick<ChildOptions, "program" | "environment" | "onLine">,
) => Pick<Child, "ended" | "stop">;

/** After a program has ended, the wait for output that a descendant of it may still hold open. */
const DRAIN_MS = 1000;

/**
 * Starts a program in a process group of its own, so that a terminal's Ctrl-C reaches it only through us; it ends
 * when this process does (lifeline.mjs).
 */
export function startChild({
  program,
  args = [],
  module = program,
  environment,
  onLine,
  ipc = false,
}: ChildOptions): Child {
  // The GPU's TensorFlow is another package (package.json, "imports").
  const conditions = environment.HILUM_DEVICE === "gpu" ? ["--conditions=gpu"] : [];
  const loader = loaderArguments(program.endsWith(".ts") ? program : module);
  const child = spawn(process.execPath, [...conditions, ...loader, "--import", LIFELINE, program, ...args], {
    env: { ...process.env, ...environment },
    stdio: ipc ? ["pipe", "pipe", "pipe", "ipc"] : ["pipe", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [child.stdout!, child.stderr!]) createInterface({ input: stream }).on("line", onLine);
  // The child may be gone before its stdin is; nothing is ever written there.
  child.stdin!.on("error", () => {});

  let kill: NodeJS.Timeout | undefined;
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => {
      clearTimeout(kill);
      setTimeout(() => {
        child.stdout!.destroy();
        child.stderr!.destroy();
      }, DRAIN_MS).unref();
    });
    child.once("close", (code, signal) => resolve(code ?? 128 + constants.signals[signal!]));
  });
  return {
    process: child,
    ended,
    stop(graceMs) {
      signalGroup(child, "SIGTERM");
      kill ??= setTimeout(() => signalGroup(child, "SIGKILL"), graceMs);
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended in between.
  }
}
