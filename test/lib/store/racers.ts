import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Order } from "./racer.ts";

const PROGRAM = fileURLToPath(new URL("racer.ts", import.meta.url));

export interface Racer {
  readonly process: ChildProcess;
  tell(order: Order): void;
  /** The next thing it says. */
  answer<T>(): Promise<T>;
  end(): Promise<void>;
}

/** Starts a process of racer.ts; with `environment` besides this one's. */
export async function startRacer(environment: Readonly<Record<string, string>> = {}): Promise<Racer> {
  const child = fork(PROGRAM, { execArgv: ["--import", "tsx"], env: { ...process.env, ...environment } });
  await once(child, "message");
  return {
    process: child,
    tell: (order) => child.send(order),
    answer: async () => (await once(child, "message"))[0],
    async end() {
      if (child.exitCode === null && child.signalCode === null && child.kill("SIGKILL")) await once(child, "exit");
    },
  };
}
