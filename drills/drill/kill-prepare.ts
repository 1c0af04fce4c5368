import { setTimeout as sleep } from "node:timers/promises";
import { type Drill, must, playRounds } from "../drill.ts";
import { start } from "../processes.ts";
import { STEPS } from "../steps.ts";
import { differences, tornObjects } from "../whole.ts";
import { calmRun } from "../workshop.ts";

const { program, makes } = STEPS.prepare;

/** `kill -9` of the preparation of a part, then the whole of it: the same shard byte for byte. */
export const killPrepare: Drill = {
  rounds: 3,
  async run(options) {
    const calm = await calmRun();
    let [kills, longest] = [0, 3000];
    const failures = await playRounds(options, async (_, next) => {
      const store = await calm.storeWithout(makes);
      const environment = calm.environment(store);
      const killed = start(program, [], environment);
      await Promise.race([sleep(next() * longest), killed.ended]);
      killed.child.kill("SIGKILL");
      if ((await killed.ended).signal === "SIGKILL") kills += 1;
      const torn = await tornObjects(store);
      must(torn.length === 0, torn.join("; "));
      const begin = performance.now();
      const again = start(program, [], environment);
      const { code } = await again.ended;
      longest = performance.now() - begin;
      must(code === 0, `started again, it ended with ${code}: ${again.output.text}`);
      const different = await differences(calm.store, store);
      must(different.length === 0, different.join("; "));
    });
    return { failures, figure: `${kills} kills; shards byte-equal to undisturbed ones` };
  },
};
