import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/hilum", import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line as a process of its own; `onStart` is handed the process. */
export function hilum(args: readonly string[], onStart?: (child: ChildProcess) => void): Promise<Ended> {
  const { HILUM_MODEL_URI: _, ...env } = process.env;
  const child = spawn(PROGRAM, args, { env });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  onStart?.(child);
  return new Promise((resolve) => child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr })));
}
