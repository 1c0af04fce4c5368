import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "../drill.ts";
import { faultyDisk } from "../faulty/disk.ts";
import { ready } from "../processes.ts";
import type { Answer, Order, Promote, Publish } from "./promoter.ts";
import type { Registry } from "./registries.ts";

/** Whoever lives has his answer by then; a lock of the dead would be waited for much longer. */
const PATIENCE_MS = 15_000;

/** Where a doomed process ends, by the start of a path and the changes there: as it takes a lock, or anywhere. */
const DEATHS: readonly (readonly [place: string, latest: number])[] = [
  ["models/.hilum-lock", 3],
  ["models", 30],
];

/** A process that promotes; its answers to its last order, the last of them at a moment in milliseconds since 1970. */
export interface Promoter {
  readonly child: ChildProcess;
  answers: Answer[];
  answeredAt: number;
}

const isAlive = ({ child }: Promoter): boolean => child.signalCode === null && child.exitCode === null;

/** So many processes that promote in a registry; those that were killed are replaced when it is asked for. */
export class Promoters {
  all: Promoter[] = [];
  private readonly program: string;
  private readonly registry: Registry;
  private readonly count: number;

  constructor(program: string, registry: Registry, count: number) {
    this.program = program;
    this.registry = registry;
    this.count = count;
  }

  get living(): Promoter[] {
    return this.all.filter(isAlive);
  }

  async fill(): Promise<void> {
    const alive = this.living;
    const missing = Array.from({ length: this.count - alive.length }, () => this.start());
    this.all = [...alive, ...(await Promise.all(missing))];
  }

  /** Puts processes in the places of the first ones that will end in the middle of what they do to the disk. */
  async plant(doomed: number, next: () => number): Promise<void> {
    const { folder } = this.registry;
    if (folder === undefined) return;
    for (const { child } of this.all.splice(0, doomed)) child.kill("SIGKILL");
    for (let n = 0; n < doomed; n += 1) {
      const [place, latest] = DEATHS[n % DEATHS.length]!;
      const disk = await faultyDisk(join(folder, place), 1 + Math.floor(next() * latest), "torn");
      this.all.unshift(await this.start(disk.environment));
    }
  }

  private async start(more: Readonly<Record<string, string>> = {}): Promise<Promoter> {
    const env = { ...process.env, ...this.registry.environment, ...more };
    const child = fork(this.program, { env, stdio: ["ignore", "ignore", "inherit", "ipc"], execArgv: [] });
    await ready(child);
    return { child, answers: [], answeredAt: 0 };
  }

  /** Ids of new versions, by their names. */
  async publish(names: readonly string[]): Promise<string[]> {
    const { child } = this.all[0]!;
    this.send(child, { names });
    return (await once(child, "message"))[0] as string[];
  }

  order(promoter: Promoter, what: Promote): void {
    const { child } = promoter;
    promoter.answers = [];
    child.removeAllListeners("message").on("message", (answer: Answer) => {
      promoter.answers.push(answer);
      promoter.answeredAt = Date.now();
    });
    this.send(child, what);
  }

  /** Waits for every answer of those that live. */
  async answered(promoters: readonly Promoter[], each: number, when: string): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; ; await sleep(2)) {
      const waiting = promoters.filter((promoter) => isAlive(promoter) && promoter.answers.length < each);
      if (waiting.length === 0) return;
      must(Date.now() < end, `${when} there is no answer within ${PATIENCE_MS / 1000} s: somebody waits for the dead`);
    }
  }

  close(): void {
    for (const { child } of this.all) child.kill("SIGKILL");
  }

  /** Whoever died meanwhile hears nothing of it. */
  private send(child: ChildProcess, what: Publish | Promote): void {
    child.send({ models: `${this.registry.store}/models`, ...what } satisfies Order, () => {});
  }
}
