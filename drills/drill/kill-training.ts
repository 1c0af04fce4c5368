import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { type Fault, faultyDisk } from "../faulty/disk.ts";
import { start } from "../processes.ts";
import { STEPS } from "../steps.ts";
import { checkpointOf, trainingOf } from "../training.ts";
import { tornObjects } from "../whole.ts";
import { calmRun } from "../workshop.ts";

/** When a training is killed: so many milliseconds after its start or its first step, or at a change of the disk. */
type Moment =
  | { readonly from: "start" | "step"; readonly wait: number }
  | { readonly change: number; readonly fault: Fault };

/** Of the kills: those before the first step, in its so many milliseconds, and those in the middle of a write. */
const EARLY = { share: 0.15, milliseconds: 1500 } as const;
const WRITING = { share: 0.4, changes: 300, faults: ["killed", "torn", "power"] } as const;

/** `kill -9` at any moment of a training, again and again until it ends; then again from the start. */
export const killTraining: Drill = {
  rounds: 4,
  async run(options) {
    const calm = await calmRun();
    const expected = await trainingOf(calm.store, calm.run);
    let [trainings, kills] = [0, 0];
    let store = await calm.storeWithout(STEPS.train.makes);
    /** Milliseconds from the first step to the end, as the quickest process took them. */
    let stepping = 1500;

    const momentOf = (next: () => number): Moment => {
      const kind = next();
      if (kind < EARLY.share) return { from: "start", wait: next() * EARLY.milliseconds };
      if (kind > 1 - WRITING.share) {
        const fault = WRITING.faults[Math.floor(next() * WRITING.faults.length)]!;
        return { change: 1 + Math.floor(next() * WRITING.changes), fault };
      }
      return { from: "step", wait: next() * stepping };
    };

    /** Starts it, and kills it then; lets it come to its end where that is left out. */
    const play = async (moment?: Moment): Promise<void> => {
      const isWriting = moment !== undefined && "fault" in moment;
      const disk = isWriting ? await faultyDisk(store, moment.change, moment.fault) : { environment: {} };
      const environment = { ...calm.environment(store), ...disk.environment };
      const { child, ended, says, output } = start(STEPS.train.program, [], environment);
      if (moment === undefined || !("from" in moment) || moment.from === "step") await says(/"progress"/);
      const begin = performance.now();
      if (moment !== undefined && "from" in moment) {
        await Promise.race([sleep(moment.wait), ended]);
        child.kill("SIGKILL");
      }
      const { code, signal } = await ended;
      const torn = await tornObjects(join(store, "runs"));
      must(torn.length === 0, torn.join("; "));
      if (signal === "SIGKILL" && moment !== undefined) {
        kills += 1;
        const left = await readdir(join(store, "runs", calm.run, "members/00000")).catch((): string[] => []);
        if (left.includes("latest.json")) await checkpointOf(store, calm.run);
        return;
      }
      must(code === 0, `ended with ${code ?? signal}: ${output.text}`);
      stepping = Math.min(stepping, performance.now() - begin);
      trainings += 1;
      const same = (await trainingOf(store, calm.run)) === expected;
      store = await calm.storeWithout(STEPS.train.makes);
      must(same, "weights, optimiser or sample order differ from the undisturbed training");
    };

    const failures = await playRounds(options, (_, next) => play(momentOf(next)));
    const last = await playRounds({ rounds: 1, seed: options.seed }, () => play());
    const figure = `${kills} kills; ${trainings} trainings ended byte-equal to the undisturbed one`;
    return { failures: [...failures, ...last], figure };
  },
};
