import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { start } from "../processes.ts";
import { STEPS } from "../steps.ts";
import { checkpointOf, trainingOf } from "../training.ts";
import { tornObjects } from "../whole.ts";
import { calmRun, stepEnvironment, storeWithout } from "../workshop.ts";

/** Share of the kills that come before the first step, in its so many milliseconds. */
const EARLY = 0.15;
const START_MS = 1500;

/** `kill -9` at any moment of a training, again and again until it ends; then again from the start. */
export const killTraining: Drill = {
  rounds: 3,
  async run(options) {
    const calm = await calmRun();
    const expected = await trainingOf(calm.store, calm.run);
    let [trainings, kills] = [0, 0];
    let store = await storeWithout(STEPS.train.makes);
    /** Milliseconds from the first step to the end, as the quickest process took them. */
    let stepping = 1500;

    /** Starts it, kills it so long after its first step, or before it where that is negative. */
    const play = async (wait = Number.POSITIVE_INFINITY): Promise<void> => {
      const { child, ended, says, output } = start(STEPS.train.program, [], await stepEnvironment(store));
      if (wait >= 0) await says(/"progress"/);
      const begin = performance.now();
      if (Number.isFinite(wait)) {
        await Promise.race([sleep(Math.abs(wait)), ended]);
        child.kill("SIGKILL");
      }
      const { code, signal } = await ended;
      const torn = await tornObjects(join(store, "runs"));
      must(torn.length === 0, torn.join("; "));
      if (signal === "SIGKILL" && Number.isFinite(wait)) {
        kills += 1;
        const left = await readdir(join(store, "runs", calm.run, "members/00000")).catch((): string[] => []);
        if (left.includes("latest.json")) await checkpointOf(store, calm.run);
        return;
      }
      must(code === 0, `ended with ${code ?? signal}: ${output.text}`);
      stepping = Math.min(stepping, performance.now() - begin);
      trainings += 1;
      const same = (await trainingOf(store, calm.run)) === expected;
      store = await storeWithout(STEPS.train.makes);
      must(same, "weights, optimiser or sample order differ from the undisturbed training");
    };

    const failures = await playRounds(options, (_, next) =>
      play(next() < EARLY ? -next() * START_MS : next() * stepping),
    );
    const last = await playRounds({ rounds: 1, seed: options.seed }, () => play());
    const figure = `${kills} kills; ${trainings} trainings ended byte-equal to the undisturbed one`;
    return { played: options.rounds + 1, failures: [...failures, ...last], figure };
  },
};
