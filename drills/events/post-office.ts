import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { must } from "../drill.ts";
import { type Fault, faultyDisk } from "../faulty/disk.ts";
import { ready } from "../processes.ts";
import type { HandlerName } from "./bundles.ts";

const PROGRAM = fileURLToPath(new URL("deliver.mjs", import.meta.url));
const PROCESSES = 3;
/** What happens to a process at some change of the disk, in the middle of a handler; changes until then, at most. */
const CRASHES: readonly Fault[] = ["killed", "torn", "broken"];
const LATEST_CRASH = 80;
/** An event is delivered by then, or something holds it up. */
const PATIENCE_MS = 60_000;

interface Postman {
  readonly child: ChildProcess;
  /** Deliveries under way, by their number. */
  readonly waiting: Map<number, (done: boolean) => void>;
}

export interface PostOfficeOptions {
  /** As `deliver.mjs` takes them. */
  readonly handlers: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Folder of the store, whose changes are counted. */
  readonly folder: string;
  readonly next: () => number;
}

/** Delivers events at least once, to processes that die on the way; the dead are replaced. */
export class PostOffice {
  /** Processes that died. */
  deaths = 0;
  /** Whether new processes get a fault of their own. */
  faulty = true;
  private readonly options: PostOfficeOptions;
  private readonly postmen = new Set<Postman>();
  private delivered = 0;
  private open = true;

  constructor(options: PostOfficeOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    await Promise.all(Array.from({ length: PROCESSES }, () => this.hire()));
  }

  private async hire(): Promise<void> {
    const { handlers, environment, folder, next } = this.options;
    const fault = this.faulty ? CRASHES[Math.floor(next() * CRASHES.length)]! : "none";
    const disk = await faultyDisk(folder, 1 + Math.floor(next() * LATEST_CRASH), fault);
    const env = { ...process.env, ...environment, ...disk.environment };
    const child = fork(PROGRAM, handlers, { env, stdio: ["ignore", "ignore", "ignore", "ipc"], execArgv: [] });
    await ready(child);
    const postman: Postman = { child, waiting: new Map() };
    child.on("message", ({ id, done }: { id: number; done: boolean }) => postman.waiting.get(id)?.(done));
    child.once("exit", () => {
      this.postmen.delete(postman);
      for (const answer of postman.waiting.values()) answer(false);
      if (!this.open) return;
      this.deaths += 1;
      void this.hire();
    });
    this.postmen.add(postman);
    if (!this.open) child.kill("SIGKILL");
  }

  /** Ends one that is at work, in the middle of it. */
  kill(): void {
    const [any] = [...this.postmen].filter(({ waiting }) => waiting.size > 0);
    any?.child.kill("SIGKILL");
  }

  killAll(): void {
    for (const { child } of this.postmen) child.kill("SIGKILL");
  }

  /** Until a handler has said that it is done. */
  async deliver(to: HandlerName, event: unknown): Promise<void> {
    for (
      const end = Date.now() + PATIENCE_MS;
      !(await this.tryOnce(to, event));
      await sleep(10 * this.options.next())
    ) {
      must(Date.now() < end, `an event was not handled within ${PATIENCE_MS / 1000} s: ${JSON.stringify(event)}`);
    }
  }

  private async tryOnce(to: HandlerName, event: unknown): Promise<boolean> {
    const all = [...this.postmen];
    const postman = all[Math.floor(this.options.next() * all.length)];
    if (postman === undefined) return false;
    this.delivered += 1;
    const id = this.delivered;
    const { child, waiting } = postman;
    const done = await new Promise<boolean>((resolve) => {
      waiting.set(id, resolve);
      setTimeout(resolve, PATIENCE_MS, false).unref();
      child.send({ id, to, event }, (error) => error && resolve(false));
    });
    waiting.delete(id);
    return done;
  }

  async close(): Promise<void> {
    this.open = false;
    const ends = [...this.postmen].map(({ child }) => once(child, "exit"));
    this.killAll();
    await Promise.all(ends);
  }
}
