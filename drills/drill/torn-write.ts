import { type Drill, must, playRounds } from "../drill.ts";
import { FAULTS, faultyDisk } from "../faulty/disk.ts";
import { start } from "../processes.ts";
import { STEPS, type StepName } from "../steps.ts";
import { differences, tornObjects } from "../whole.ts";
import { calmRun, stepEnvironment, storeWithout } from "../workshop.ts";

const TEMPORARY = 75;
const NAMES = Object.keys(STEPS) as StepName[];

/**
 * The n-th change of the disk fails, is cut or is the process's last, for n over all steps' programs: so many rounds
 * spread evenly, all of them where there are as many rounds as changes.
 */
export const tornWrite: Drill = {
  rounds: 6,
  async run(options) {
    const calm = await calmRun();
    /** Step and number of every change that an undisturbed run makes. */
    const changes: (readonly [StepName, number])[] = [];
    for (const name of NAMES) {
      const store = await storeWithout(STEPS[name].makes);
      const disk = await faultyDisk(store, 0, "none");
      const { ended, output } = start(STEPS[name].program, [], {
        ...(await stepEnvironment(store)),
        ...disk.environment,
      });
      must((await ended).code === 0, `${name} failed undisturbed: ${output.text}`);
      const calls = await disk.calls();
      must(calls > 0, `${name} changed nothing on the disk`);
      for (let n = 1; n <= calls; n += 1) changes.push([name, n]);
    }
    const rounds = Math.min(options.rounds, changes.length);
    let resumed = 0;

    const failures = await playRounds({ ...options, rounds }, async (round, next) => {
      const [name, n] = changes[Math.floor(((round + next()) * changes.length) / rounds)]!;
      const fault = FAULTS[(round + options.seed) % FAULTS.length]!;
      const what = `${name}, change ${n} ${fault}`;
      const { program, makes } = STEPS[name];
      const store = await storeWithout(makes);
      const environment = await stepEnvironment(store);
      const disk = await faultyDisk(store, n, fault);
      const disturbed = start(program, [], { ...environment, ...disk.environment });
      const { code, signal } = await disturbed.ended;
      const fits = {
        full: code === TEMPORARY || code === 0,
        broken: code === TEMPORARY || code === 0,
        short: code === 0,
        killed: signal === "SIGKILL" || code === 0,
        torn: signal === "SIGKILL" || code === 0,
      };
      must(fits[fault], `${what}: ended with ${code ?? signal}: ${disturbed.output.text}`);
      const torn = [...(await tornObjects(store)), ...(await differences(calm.store, store, code === 0))];
      must(torn.length === 0, `${what}: ${torn.join("; ")}`);
      if (code === 0) return;
      const again = start(program, [], environment);
      must((await again.ended).code === 0, `${what}: started again, it failed: ${again.output.text}`);
      const different = await differences(calm.store, store);
      must(different.length === 0, `${what}: ${different.join("; ")}`);
      resumed += 1;
    });
    return { played: rounds, failures, figure: `of ${changes.length} changes of the disk; ${resumed} gone on from` };
  },
};
