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

/** Plays a drill and prints its line. @returns whether all of it held */
async function play(name: string, rounds: number): Promise<boolean> {
  const outcome = await DRILLS[name]!.run({ rounds, seed: Number(values.seed) }).catch(
    (error: Error): Outcome => ({ failures: Array<string>(rounds).fill(error.message), figure: "ended early" }),
  );
  const { failures, figure, lacks, rounds: played = rounds } = outcome;
  if (lacks !== undefined) {
    console.log(`${name}: 0 rounds, 0 passed, 0 failed, not played: ${lacks}`);
    return true;
  }
  for (const failure of new Set(failures)) console.log(`  ${name}: ${failure}`);
  const failed = Math.min(played, failures.length);
  console.log(`${name}: ${played} rounds, ${played - failed} passed, ${failed} failed, ${figure}`);
  return failures.length === 0;
}

try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(DRILLS)) {
    const rounds = values.rounds === undefined ? DRILLS[name]!.rounds : Number(values.rounds);
    if (!(await play(name, rounds))) process.exitCode = 1;
  }
} finally {
  await closeWorkshop();
}
// A drill that failed may have left a server or a process that would hold this one.
process.exit();
