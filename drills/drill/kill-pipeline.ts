import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { goneWithin, hilum, processesWith, workersOf } from "../processes.ts";
import { STEPS } from "../steps.ts";
import { differences, tornObjects } from "../whole.ts";
import { type Calm, calmRun, newFolder, smallConfig } from "../workshop.ts";

/** Children get 10 s to leave what can be gone on from; then they are ended. */
const CHILDREN_SECONDS = 15;
/** Kills of one run before it is left to end. */
const KILLS = 3;

/** Records of finished steps, as they stand. */
async function finishedSteps(store: string, run: string): Promise<Map<string, string>> {
  const folder = join(store, "runs", run, "steps");
  const names = (await readdir(folder).catch(() => [])).filter(
    (name) => name.endsWith(".json") && !name.startsWith("."),
  );
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

/** Trains for minutes. */
const LONG = { epochs: 1000 } as const;
const TEMPORARY = 75;
const REFUSED_SECONDS = 30;

/** While it trains another cannot; when it is killed, its trainer is gone long before it would be done. */
async function killWhileTraining(calm: Calm): Promise<void> {
  const store = await newFolder();
  const args = calm.arguments(store, await smallConfig(LONG));
  const { child, ended, output } = hilum(args);
  try {
    let over = false;
    void ended.then(() => {
      over = true;
    });
    while ((await workersOf(STEPS.train.program, store)).length === 0) {
      must(!over, `it ended before it trained: ${output.text}`);
      await sleep(50);
    }
    const other = hilum(args);
    const end = await Promise.race([other.ended, sleep(REFUSED_SECONDS * 1000)]);
    must(end !== undefined, `a second process works at the same run for ${REFUSED_SECONDS} s: ${other.output.text}`);
    must(end.code === TEMPORARY, `a second process at the same run ended with ${end.code}: ${other.output.text}`);
    must(!over, `the first one ended when the second came: ${output.text}`);
    child.kill("SIGKILL");
    await ended;
    must(await goneWithin(CHILDREN_SECONDS, store), `its trainer outlives the runner by ${CHILDREN_SECONDS} s`);
  } finally {
    for (const pid of [...(await processesWith(store))]) process.kill(pid, "SIGKILL");
  }
}

/** `kill -9` of `hilum run`: its children die with it, and the same command goes on to the same model. */
export const killPipeline: Drill = {
  rounds: 1,
  async run(options) {
    const calm = await calmRun();
    let kills = 0;
    const failures = await playRounds(options, async (round, next) => {
      if (round === 0) await killWhileTraining(calm);
      const store = await newFolder();
      let finished = new Map<string, string>();
      for (let kill = 0; kill < KILLS; kill += 1) {
        const { child, ended } = hilum(calm.arguments(store));
        await Promise.race([sleep(next() * calm.seconds * 1000), ended]);
        child.kill("SIGKILL");
        if ((await ended).signal === "SIGKILL") kills += 1;
        must(await goneWithin(CHILDREN_SECONDS, store), `children outlive the runner by ${CHILDREN_SECONDS} s`);
        const torn = await tornObjects(store);
        must(torn.length === 0, torn.join("; "));
        const now = await finishedSteps(store, calm.run);
        for (const [name, record] of finished) must(now.get(name) === record, `${name}: done again`);
        finished = now;
      }
      const { ended, output } = hilum(calm.arguments(store));
      must((await ended).code === 0, `started again, it failed: ${output.text}`);
      const last = await finishedSteps(store, calm.run);
      for (const [name, record] of finished) must(last.get(name) === record, `${name}: done again`);
      const different = await differences(calm.store, store);
      must(different.length === 0, different.join("; "));
    });
    return { failures, figure: `${kills} kills; no step done twice, the same model byte for byte` };
  },
};
