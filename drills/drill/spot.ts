import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { hilum, start, workersOf } from "../processes.ts";
import { STEPS } from "../steps.ts";
import { checkpointOf, trainingOf } from "../training.ts";
import { calmRun } from "../workshop.ts";

/** A spot instance has two minutes from its notice; ECS gives a container 30 s from SIGTERM. */
const SECONDS = 20;
const TEMPORARY = 75;
/** A process takes so long from the record of its work to its end. */
const LATE_MS = 30;

/** SIGTERM at any step: a checkpoint, exit code 75, and the job's own retry goes on from there. */
export const spot: Drill = {
  rounds: 4,
  async run(options) {
    const calm = await calmRun();
    const expected = await trainingOf(calm.store, calm.run);
    const waits: number[] = [];
    let [stops, retried, late] = [0, 0, 0];

    /** By itself: its exit code and what it left. */
    const alone = async (wait: number): Promise<void> => {
      const store = await calm.storeWithout(STEPS.train.makes);
      const { child, ended, says, output } = start(STEPS.train.program, [], calm.environment(store));
      await says(/"progress"/);
      await Promise.race([sleep(wait), ended]);
      const begin = performance.now();
      if (!child.kill("SIGTERM")) return;
      const { code } = await ended;
      waits.push((performance.now() - begin) / 1000);
      if (code === 0) return;
      stops += 1;
      must(code === TEMPORARY, `exit code ${code}: ${output.text}`);
      must(waits.at(-1)! < SECONDS, `${waits.at(-1)!.toFixed(1)} s from SIGTERM to the end`);
      const { step } = await checkpointOf(store, calm.run);
      must(output.text.includes(`after step ${step} of`), `the checkpoint is of step ${step}: ${output.text}`);
    };

    /** When its work is done and recorded: it ends as if nobody had asked. */
    const afterwards = async (wait: number): Promise<void> => {
      const store = await calm.storeWithout(STEPS.train.makes);
      const record = join(store, "runs", calm.run, "steps/train-00000.json");
      const { child, ended, output } = start(STEPS.train.program, [], calm.environment(store));
      for (let over = false; !over && !existsSync(record); ) {
        over = await Promise.race([sleep(1, false), ended.then(() => true)]);
      }
      await sleep(wait);
      if (child.kill("SIGTERM")) late += 1;
      const { code, signal } = await ended;
      must(code === 0, `stopped after its end, it ended with ${code ?? signal}: ${output.text}`);
    };

    /** Under the state machine, which starts it again. */
    const underRunner = async (): Promise<void> => {
      const store = await calm.storeWithout(STEPS.train.makes);
      const { ended, output } = hilum(["train", "--run", calm.run, "--store", store]);
      let met = false;
      for (let over = false; !met && !over; ) {
        over = await Promise.race([sleep(30, false), ended.then(() => true)]);
        const started = await checkpointOf(store, calm.run).then(
          () => true,
          () => false,
        );
        const [trainer] = started ? await workersOf(STEPS.train.program, store) : [];
        if (trainer === undefined) continue;
        process.kill(trainer, "SIGTERM");
        met = true;
        retried += 1;
      }
      must(met, `it ended before it was stopped: ${output.text}`);
      must((await ended).code === 0, `not tried again: ${output.text}`);
      must((await trainingOf(store, calm.run)) === expected, "differs from the undisturbed training");
    };

    const failures = await playRounds(options, (round, next) => {
      if (round === 0) return underRunner();
      return round % 4 === 1 ? afterwards(next() * LATE_MS) : alone(next() * 1500);
    });
    const slowest = waits.length > 0 ? `, at most ${Math.max(...waits).toFixed(1)} s from SIGTERM to the end` : "";
    return {
      failures,
      figure: `${stops} stops with ${TEMPORARY} and a checkpoint${slowest}; ${retried} tried again, ${late} stopped after their end`,
    };
  },
};
