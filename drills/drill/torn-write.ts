import { rm } from "node:fs/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { FAULTS, type Fault, faultyDisk } from "../faulty/disk.ts";
import { start } from "../processes.ts";
import { STEPS, type StepName } from "../steps.ts";
import { differences, tornObjects } from "../whole.ts";
import { calmRun, stepEnvironment, storeWithout } from "../workshop.ts";

const TEMPORARY = 75;
const NAMES = Object.keys(STEPS) as StepName[];

/** Rounds under way at one time. */
const AT_ONCE = 3;

interface Meeting {
  readonly step: StepName;
  /** Number of the change of the disk. */
  readonly change: number;
  readonly fault: Fault;
}

/** Every fault at every change that undisturbed programs make. */
async function allMeetings(): Promise<Meeting[]> {
  const meetings: Meeting[] = [];
  for (const step of NAMES) {
    const store = await storeWithout(STEPS[step].makes);
    const disk = await faultyDisk(store, 0, "none");
    const environment = { ...(await stepEnvironment(store)), ...disk.environment };
    const { ended, output } = start(STEPS[step].program, [], environment);
    must((await ended).code === 0, `${step} failed undisturbed: ${output.text}`);
    const changes = await disk.calls();
    must(changes > 0, `${step} changed nothing on the disk`);
    for (let change = 1; change <= changes; change += 1) {
      for (const fault of FAULTS) meetings.push({ step, change, fault });
    }
  }
  return meetings;
}

const isKilled = (code: number | null, signal: NodeJS.Signals | null): boolean => signal === "SIGKILL" || code === 0;
/** How a program may end that has met a fault. */
const ENDS: Readonly<Record<Fault, (code: number | null, signal: NodeJS.Signals | null) => boolean>> = {
  full: (code) => code === TEMPORARY || code === 0,
  broken: (code) => code === TEMPORARY || code === 0,
  short: (code) => code === 0,
  killed: isKilled,
  torn: isKilled,
  power: isKilled,
};

/**
 * The n-th change of the disk meets a fault, for every n and every fault of all steps' programs: rounds spread evenly,
 * each of them where there are as many rounds.
 */
export const tornWrite: Drill = {
  rounds: 8,
  async run(options) {
    const calm = await calmRun();
    const meetings = await allMeetings();
    const { rounds } = options;
    let resumed = 0;

    const play = async (round: number, next: () => number): Promise<void> => {
      const stride = Math.max(1, meetings.length / rounds);
      const at = Math.floor(round * stride + (stride > 1 ? next() * stride : 0)) % meetings.length;
      const { step, change, fault } = meetings[at]!;
      const what = `${step}, change ${change} ${fault}`;
      const { program, makes } = STEPS[step];
      const store = await storeWithout(makes);
      const environment = await stepEnvironment(store);
      const disk = await faultyDisk(store, change, fault);
      const disturbed = start(program, [], { ...environment, ...disk.environment });
      const { code, signal } = await disturbed.ended;
      must(ENDS[fault](code, signal), `${what}: ended with ${code ?? signal}: ${disturbed.output.text}`);
      const torn = [...(await tornObjects(store)), ...(await differences(calm.store, store, code === 0))];
      must(torn.length === 0, `${what}: ${torn.join("; ")}`);
      if (code !== 0) {
        const again = start(program, [], environment);
        must((await again.ended).code === 0, `${what}: started again, it failed: ${again.output.text}`);
        const different = await differences(calm.store, store);
        must(different.length === 0, `${what}: ${different.join("; ")}`);
        resumed += 1;
      }
      await rm(store, { recursive: true, force: true });
    };

    const begin = performance.now();
    const failures = await playRounds(options, play, AT_ONCE);
    const seconds = ((performance.now() - begin) / 1000 / rounds).toFixed(1);
    const figure = `of ${meetings.length} meetings of ${FAULTS.length} faults with ${meetings.length / FAULTS.length} changes of the disk, ${seconds} s each; ${resumed} gone on from`;
    return { failures, figure };
  },
};
