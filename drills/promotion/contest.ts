import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { must } from "../drill.ts";
import { hilum, type Running } from "../processes.ts";
import { quantile } from "../serving.ts";
import { checkRace, type Tally } from "./check.ts";
import { Promoters } from "./promoters.ts";
import type { Pointers, Registry } from "./registries.ts";

/** Processes that promote, and promotions of each; those of `hilum models promote` come on top. */
const [PROMOTERS, EACH, COMMANDS] = [8, 6, 2];
/** Of the processes: those that end in the middle of what they write, where that is seen from here. */
const DOOMED = 2;
export const PROMOTIONS = PROMOTERS * EACH + COMMANDS;

/** Races of promotions in one registry. */
export class Contest {
  readonly registry: Registry;
  readonly tallies: Tally[] = [];
  /** How often the pointers were read while they were written. */
  readings = 0;
  private readonly promoters: Promoters;
  private rivals: readonly string[] = [];
  /** In production by turns before a race. */
  private champions: readonly string[] = [];
  /** Milliseconds from a command's start to its end, and from a race's start to its median answer, as last seen. */
  private took = { command: 1000, answer: 50 };

  constructor(registry: Registry, program: string) {
    this.registry = registry;
    this.promoters = new Promoters(program, registry, PROMOTERS);
  }

  async open(): Promise<void> {
    await this.promoters.fill();
    const versions = await this.promoters.publish(Array.from({ length: PROMOTIONS + 2 }, (_, n) => `version ${n}`));
    this.champions = versions.slice(0, 2);
    this.rivals = versions.slice(2);
    await this.crown(this.champions[0]!, null);
    const begin = performance.now();
    const { ended, output } = this.command(this.champions[1]!);
    must((await ended).code === 0, `nothing can be promoted: ${output.text}`);
    this.took.command = performance.now() - begin;
  }

  private command(version: string): Running {
    return hilum(["models", "promote", version, "--store", this.registry.store], this.registry.environment);
  }

  /** Whoever comes when all is over is not held up by the dead. */
  private async crown(version: string, champion: string | null): Promise<void> {
    await this.promoters.fill();
    const one = this.promoters.all.at(-1);
    this.promoters.order(one!, { versions: [version], champion, at: 0 });
    await this.promoters.answered([one!], 1, "when all was over");
    const [answer] = one!.answers;
    must(answer !== undefined && "generation" in answer, `when all was over nobody got in: ${JSON.stringify(answer)}`);
    const { production, previous, generation } = await this.registry.pointers();
    const stands = production === version && previous === champion && generation === answer.generation;
    must(stands, `${version} was told that it had won generation ${answer.generation}, but ${production} has it`);
  }

  /** One race of all, half of them killed. */
  async race(next: () => number): Promise<void> {
    const { registry, rivals, promoters } = this;
    await promoters.plant(DOOMED, next);
    const before = await registry.pointers();
    const watch = this.watch(before);
    const at = Date.now() + this.took.command * (0.6 + 0.3 * next());
    const commands = rivals.slice(0, COMMANDS).map((version) => this.command(version));
    for (const [i, promoter] of promoters.all.entries()) {
      const first = COMMANDS + i * EACH;
      promoters.order(promoter, { versions: rivals.slice(first, first + EACH), champion: before.production, at });
    }
    const racing = promoters.all.slice(registry.folder === undefined ? 0 : DOOMED).map(({ child }) => child);
    const dead = await this.killHalf([commands.map(({ child }) => child), racing], at, next);
    await promoters.answered(promoters.all, EACH, "in the race");
    const living = commands.filter(({ child }) => !dead.has(child));
    const ends = await Promise.all(living.map(async ({ ended, output }) => ({ ...(await ended), text: output.text })));
    const tally = checkRace({
      answers: promoters.all.flatMap(({ answers }) => answers),
      commands: ends,
      versions: rivals,
      seen: [...(await watch.stop()), await registry.pointers()],
    });
    this.tallies.push(tally);
    this.took.answer = quantile(
      promoters.living.map(({ answeredAt }) => answeredAt - at),
      0.5,
    );
    const { production } = await registry.pointers();
    await this.crown(this.champions.find((version) => version !== production)!, production);
  }

  /** Kills half of each kind at random moments of the race; after each kill the pointers are whole. */
  private async killHalf(
    kinds: readonly (readonly ChildProcess[])[],
    at: number,
    next: () => number,
  ): Promise<ReadonlySet<ChildProcess>> {
    const dead = new Set<ChildProcess>();
    const kill = async (child: ChildProcess, wait: number): Promise<void> => {
      await sleep(Math.max(0, at - Date.now() + wait * this.took.answer));
      if (child.exitCode !== null || !child.kill("SIGKILL")) return;
      dead.add(child);
      await once(child, "exit");
      await this.registry.pointers();
    };
    const half = kinds.flatMap((kind) => {
      const mixed = kind.map((child) => [next(), child] as const).sort(([a], [b]) => a - b);
      return mixed.slice(0, Math.floor(kind.length / 2)).map(([, child]) => child);
    });
    await Promise.all(half.map((child) => kill(child, next())));
    return dead;
  }

  /** Reads the pointers over and over; each state once. */
  private watch(before: Pointers) {
    const seen = [before];
    let over = false;
    const watching = (async () => {
      for (; !over; await sleep(0)) {
        const pointers = await this.registry.pointers();
        this.readings += 1;
        if (seen.at(-1)!.generation !== pointers.generation) seen.push(pointers);
      }
    })();
    // Thrown where it is awaited.
    watching.catch(() => {});
    return {
      async stop(): Promise<readonly Pointers[]> {
        over = true;
        await watching;
        return seen;
      },
    };
  }

  close(): void {
    this.promoters.close();
  }
}
