import { rm } from "node:fs/promises";
import { bundled, imageProgram } from "../bundle.ts";
import { type Drill, must, placeOf, playRounds } from "../drill.ts";
import { FAULTS, type Fault, faultyDisk } from "../faulty/disk.ts";
import { goneWithin, type Running, start } from "../processes.ts";
import { STEPS } from "../steps.ts";
import { differences, tornObjects } from "../whole.ts";
import { type Calm, calmRun } from "../workshop.ts";

const TEMPORARY = 75;
/** So few that every change of the disk can be met, so many that the first checkpoint has been removed. */
const SHORT = { epochs: 2 } as const;
/** Rounds under way at one time. */
const AT_ONCE = 3;
/** Children of a runner that was killed get 10 s to leave what can be gone on from. */
const CHILDREN_SECONDS = 15;

/** A program of a run as it is deployed, and which of the store's files it makes. */
interface Part {
  readonly name: string;
  readonly program: string;
  readonly makes: RegExp;
  arguments?(store: string): readonly string[];
  /** Of its processes one may be killed and the others go on. */
  readonly hasChildren?: boolean;
}

/** What the functions of the state machine write. */
const FUNCTIONS_MAKE =
  /^(datasets\/splits|datasets\/[0-9a-f]+\/(boxes|manifest)|models\/channels|runs\/[^/]+\/(assignments|dataset|decision|outcome|plan|rows|test-set|validation|steps\/(gate|merge|notify|plan|promote|validate)))/;
/** What the command line writes itself, and the last function. */
const RUNNER_MAKES = /^runs\/[^/]+\/(outcome|runner|steps\/notify)/;

async function allParts(calm: Calm): Promise<Part[]> {
  return [
    { name: "prepare", program: await imageProgram("prepare"), makes: STEPS.prepare.makes },
    { name: "upsample", program: await imageProgram("upsampler"), makes: STEPS.upsample.makes },
    { name: "train", program: await imageProgram("trainer"), makes: STEPS.train.makes },
    { name: "evaluate", program: await imageProgram("evaluator"), makes: STEPS.evaluate.makes },
    { name: "functions", program: await bundled("drills/functions.ts"), makes: FUNCTIONS_MAKE },
    {
      name: "runner",
      program: "bin/hilum.ts",
      makes: RUNNER_MAKES,
      arguments: (store) => calm.arguments(store),
      hasChildren: true,
    },
  ];
}

interface Change {
  readonly part: Part;
  /** Its number among the part's changes of the disk. */
  readonly change: number;
}

const launch = (part: Part, store: string, environment: Readonly<Record<string, string>>): Running =>
  start(part.program, part.arguments?.(store) ?? [], environment);

/** Every change of the disk that undisturbed programs make. */
async function allChanges(calm: Calm): Promise<Change[]> {
  const all: Change[] = [];
  for (const part of await allParts(calm)) {
    const store = await calm.storeWithout(part.makes);
    const disk = await faultyDisk(store, 0, "none");
    const { ended, output } = launch(part, store, { ...calm.environment(store), ...disk.environment });
    must((await ended).code === 0, `${part.name} failed undisturbed: ${output.text}`);
    const lacking = await differences(calm.store, store);
    must(lacking.length === 0, `${part.name} undisturbed: ${lacking.join("; ")}`);
    const changes = await disk.calls();
    must(changes > 0, `${part.name} changed nothing on the disk`);
    for (let change = 1; change <= changes; change += 1) all.push({ part, change });
  }
  return all;
}

const isOver = (code: number | null): boolean => code === TEMPORARY || code === 0;
/** How a program may end that has met a fault; 0 where the fault was one it can bear. */
const ENDS: Readonly<Record<Fault, (code: number | null, signal: NodeJS.Signals | null, part: Part) => boolean>> = {
  full: isOver,
  broken: isOver,
  short: (code) => code === 0,
  killed: isKilled,
  torn: isKilled,
  power: isKilled,
};
function isKilled(code: number | null, signal: NodeJS.Signals | null, { hasChildren = false }: Part): boolean {
  return signal === "SIGKILL" || code === 0 || (hasChildren && code === TEMPORARY);
}

/**
 * The n-th change of the disk meets a fault, for every n of all programs of a run: evenly spread over them where there
 * are fewer rounds, each once where there are as many, and with another fault each time that they begin anew.
 */
export const tornWrite: Drill = {
  rounds: 12,
  async run({ rounds: wanted, seed }) {
    const calm = await calmRun(SHORT);
    const changes = await allChanges(calm);
    const rounds = Math.min(wanted, changes.length * FAULTS.length);
    let resumed = 0;

    const meetingOf = (round: number, next: () => number): Change & { readonly fault: Fault } => {
      const at = placeOf(round, rounds, changes.length, next);
      const isSample = rounds < changes.length;
      const turn = isSample ? Math.floor(next() * FAULTS.length) : Math.floor(round / changes.length) + seed;
      return { ...changes[at]!, fault: FAULTS[(at + turn) % FAULTS.length]! };
    };

    const play = async (round: number, next: () => number): Promise<void> => {
      const { part, change, fault } = meetingOf(round, next);
      const what = `${part.name}, change ${change} ${fault}`;
      const store = await calm.storeWithout(part.makes);
      const environment = calm.environment(store);
      const disk = await faultyDisk(store, change, fault);
      const disturbed = launch(part, store, { ...environment, ...disk.environment });
      const { code, signal } = await disturbed.ended;
      must(ENDS[fault](code, signal, part), `${what}: ended with ${code ?? signal}: ${disturbed.output.text}`);
      must(await goneWithin(CHILDREN_SECONDS, store), `${what}: its children outlive it by ${CHILDREN_SECONDS} s`);
      const torn = [...(await tornObjects(store)), ...(await differences(calm.store, store, code === 0))];
      must(torn.length === 0, `${what}: ${torn.join("; ")}`);
      if (code !== 0) {
        const again = launch(part, store, environment);
        must((await again.ended).code === 0, `${what}: started again, it failed: ${again.output.text}`);
        const different = [...(await tornObjects(store)), ...(await differences(calm.store, store))];
        must(different.length === 0, `${what}: ${different.join("; ")}`);
        resumed += 1;
      }
      await rm(store, { recursive: true, force: true });
    };

    const begin = performance.now();
    const failures = await playRounds({ rounds, seed }, play, AT_ONCE);
    const seconds = ((performance.now() - begin) / 1000 / rounds).toFixed(1);
    const met = `${rounds} of ${changes.length * FAULTS.length} meetings of ${changes.length} changes of the disk with ${FAULTS.length} faults`;
    return { rounds, failures, figure: `${met}, ${seconds} s each; ${resumed} gone on from` };
  },
};
