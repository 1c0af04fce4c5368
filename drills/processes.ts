import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { bundledName, loaderArguments } from "../lib/parallel/program-modules.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const COMMAND_LINE = fileURLToPath(new URL("../bin/hilum", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Running {
  readonly child: ChildProcess;
  /** Standard output and error so far. */
  readonly output: { text: string };
  readonly ended: Promise<Ended>;
  /** Resolves when the output matches; also when the process ends. */
  says(pattern: RegExp): Promise<void>;
}

const running = new Set<ChildProcess>();

/** A program of the repository, or a bundle of one, as a process of its own; its environment on top of this process's. */
export function start(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Running {
  const command = program === COMMAND_LINE ? [program] : [process.execPath, ...loaderArguments(program), program];
  return run([...command, ...args], environment);
}

function run(command: readonly string[], environment: Readonly<Record<string, string>>): Running {
  const child = spawn(command[0]!, command.slice(1), {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (output.text += piece));
  const ended = once(child, "close").then(([code, signal]): Ended => {
    running.delete(child);
    return { code, signal };
  });
  const says = async (pattern: RegExp): Promise<void> => {
    while (!pattern.test(output.text) && running.has(child)) await sleep(5);
  };
  return { child, output, ended, says };
}

export const hilum = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running =>
  start(COMMAND_LINE, args, environment);

/** The same after some words of a shell: what it may use, and what it finds. */
export const hilumAfter = (
  words: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
) => run(["/bin/sh", "-c", `${words}; exec "$0" "$@"`, COMMAND_LINE, ...args], environment);

/** Waits for the first message of a process that was forked. */
export async function ready(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit").then(([code, signal]) => {
    throw new Error(`${child.spawnargs.join(" ")} ended with ${code ?? signal} before it was ready`);
  });
  // Its end is expected afterwards.
  ended.catch(() => {});
  await Promise.race([once(child, "message"), ended]);
}

/** Ends what still runs. */
export async function killAll(): Promise<void> {
  const ends = [...running].map((child) => once(child, "close"));
  for (const child of running) child.kill("SIGKILL");
  await Promise.all(ends);
}

/** Processes, this one left out, in whose command line or environment a text stands. */
export async function processesWith(text: string, where: "cmdline" | "environ" = "environ"): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const content = await readFile(`/proc/${pid}/${where}`, "utf8").catch(() => "");
    if (content.includes(text)) found.push(pid);
  }
  return found;
}

/** Processes of a program, from the repository's root, that work on a store; from its source or from the bundle. */
export async function workersOf(program: string, store: string): Promise<number[]> {
  const files = [program, `${bundledName(program)}.js`];
  const programs = new Set((await Promise.all(files.map((file) => processesWith(file, "cmdline")))).flat());
  return (await processesWith(store)).filter((pid) => programs.has(pid));
}

/** Whether no such process is left within so many seconds. */
export async function goneWithin(seconds: number, text: string): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    if ((await processesWith(text)).length === 0) return true;
  }
  return false;
}
