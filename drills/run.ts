/**
 * `npm run drill -- NAME... [--rounds N] [--seed S]`: breaks the project on purpose, in real processes, and prints a
 * line a drill: `NAME: rounds, passed, failed, figure`. Without a name every drill in its short form. Exit code 1 when a
 * round failed; what failed stands above the line.
 */
import { parseArgs } from "node:util";
import type { Outcome } from "./drill.ts";
import { DRILLS } from "./drills.ts";
import { closeWorkshop } from "./workshop.ts";

const USAGE = `npm run drill -- [NAME...] [--rounds N] [--seed S]
names: ${Object.keys(DRILLS).join(", ")}`;

function refuse(message: string): never {
  console.error(`drill: ${message}\n${USAGE}`);
  process.exit(64);
}

function parse(): { names: string[]; rounds: number | undefined; seed: number } {
  const number = { type: "string" } as const;
  const options = { rounds: number, seed: { ...number, default: "1" }, help: { type: "boolean", short: "h" } } as const;
  try {
    const { positionals: names, values } = parseArgs({ allowPositionals: true, options });
    if (values.help) {
      console.log(USAGE);
      process.exit();
    }
    const unknown = names.filter((name) => !Object.hasOwn(DRILLS, name));
    if (unknown.length > 0) refuse(`no drill ${unknown.join(", ")}`);
    const [rounds, seed] = [Number(values.rounds ?? 1), Number(values.seed)];
    if (!(Number.isSafeInteger(rounds) && rounds >= 1))
      refuse(`--rounds ${values.rounds}: expected a whole number from 1`);
    if (!(Number.isSafeInteger(seed) && seed >= 0)) refuse(`--seed ${values.seed}: expected a whole number from 0`);
    return { names, rounds: values.rounds === undefined ? undefined : rounds, seed };
  } catch (error) {
    refuse((error as Error).message);
  }
}

const { names, rounds: wanted, seed } = parse();

/** Plays a drill and prints its line. @returns whether all of it held */
async function play(name: string, rounds: number): Promise<boolean> {
  const outcome = await DRILLS[name]!.run({ rounds, seed }).catch(
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
  for (const name of names.length > 0 ? names : Object.keys(DRILLS)) {
    if (!(await play(name, wanted ?? DRILLS[name]!.rounds))) process.exitCode = 1;
  }
} finally {
  await closeWorkshop();
}
// A drill that failed may have left a server or a process that would hold this one.
process.exit();
