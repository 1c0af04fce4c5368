import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { goneWithin, hilum } from "../processes.ts";
import { differences, tornObjects } from "../whole.ts";
import { calmRun, newFolder } from "../workshop.ts";

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

/** `kill -9` of `hilum run`: its children die with it, and the same command goes on to the same model. */
export const killPipeline: Drill = {
  rounds: 1,
  async run(options) {
    const calm = await calmRun();
    let kills = 0;
    const failures = await playRounds(options, async (_, next) => {
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
