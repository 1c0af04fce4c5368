/**
 * `npm run drill -- NAME... [--rounds N] [--seed S]`: breaks the project on purpose, in real processes, and prints a
 * line a drill: `NAME: rounds, passed, failed, figure`. Without a name every drill in its short form. Exit code 1 when a
 * round failed; what failed stands above the line.
 */
import { parseArgs } from "node:util";
import type { Outcome } from "./drill.ts";
import { DRILLS } from "./drills.ts";
import { closeWorkshop } from "./workshop.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string" }, seed: { type: "string", default: "1" } },
});
const unknown = positionals.filter((name) => !(name in DRILLS));
const numbers = [values.rounds ?? "1", values.seed].map(Number);
if (unknown.length > 0 || !numbers.every((number) => Number.isInteger(number) && number >= 0)) {
  console.error(`drill: expected names of ${Object.keys(DRILLS).join(", ")}, then --rounds and --seed, whole numbers`);
  process.exit(64);
}

const wanted = positionals.length > 0 ? positionals : Object.keys(DRILLS);
try {
  for (const name of wanted) {
    const { rounds, run } = DRILLS[name]!;
    const count = values.rounds === undefined ? rounds : Number(values.rounds);
    const outcome = await run({ rounds: count, seed: Number(values.seed) }).catch(
      (error: Error): Outcome => ({ played: 1, failures: [error.message], figure: "ended before its first round" }),
    );
    const { failures, figure, played = count } = outcome;
    for (const failure of failures) console.log(`  ${name}: ${failure}`);
    console.log(`${name}: ${played} rounds, ${played - failures.length} passed, ${failures.length} failed, ${figure}`);
    if (failures.length > 0) process.exitCode = 1;
  }
} finally {
  await closeWorkshop();
}
