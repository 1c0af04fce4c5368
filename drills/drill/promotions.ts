import { bundled } from "../bundle.ts";
import { type Drill, playRounds } from "../drill.ts";
import { Contest, PROMOTIONS } from "../promotion/contest.ts";
import { openRegistries } from "../promotion/registries.ts";

/** 50 promotions at one moment from ten processes, half of them killed: one wins, the others are told; on disk and on S3. */
export const promotions: Drill = {
  rounds: 3,
  async run(options) {
    const registries = await openRegistries();
    const program = await bundled("drills/promotion/promoter.ts");
    const contests = registries.map((registry) => new Contest(registry, program));
    try {
      for (const contest of contests) await contest.open();
      const failures = await playRounds(options, async (_, next) => {
        for (const contest of contests) {
          await contest.race(next).catch((cause: Error) => {
            throw new Error(`${contest.registry.name}: ${cause.message}`, { cause });
          });
        }
      });
      const all = contests.flatMap(({ tallies }) => tallies);
      const sum = (field: keyof (typeof all)[number]) => all.reduce((total, tally) => total + tally[field], 0);
      const readings = contests.reduce((total, contest) => total + contest.readings, 0);
      const figure =
        `${PROMOTIONS} promotions ${all.length} times on ${registries.map(({ name }) => name).join(" and ")}, ${sum("killed")} ` +
        `killed: ${sum("winners")} told that they had won, ${sum("deadWinners")} won and died; ${readings} readings, none torn`;
      return { failures, figure };
    } finally {
      for (const contest of contests) contest.close();
      await Promise.all(registries.map(({ end }) => end()));
    }
  },
};
