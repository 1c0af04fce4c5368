/**
 * `npm run drill -- NAME... [--rounds N] [--seed S] [--report FILE]`: breaks the project on purpose, in real processes, and prints a
 * line a drill: `NAME: rounds, passed, failed, figure`. Without a name every drill in its short form. Exit code 1 when a
 * round failed; what failed stands above the line, and in the report, which has the form of vitest's JSON reports.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Outcome } from "./drill.ts";
import { DRILLS } from "./drills.ts";
import { closeWorkshop } from "./workshop.ts";

const USAGE = `npm run drill -- [NAME...] [--rounds N] [--seed S] [--report FILE]
names: ${Object.keys(DRILLS).join(", ")}`;

function refuse(message: string): never {
  console.error(`drill: ${message}\n${USAGE}`);
  process.exit(64);
}

interface Wanted {
  readonly names: readonly string[];
  readonly rounds: number | undefined;
  readonly seed: number;
  readonly report: string | undefined;
}

function parse(): Wanted {
  const number = { type: "string" } as const;
  const options = {
    rounds: number,
    seed: { ...number, default: "1" },
    report: { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
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
    const { report } = values;
    return { names, rounds: values.rounds === undefined ? undefined : rounds, seed, report };
  } catch (error) {
    refuse((error as Error).message);
  }
}

const { names, rounds: wanted, seed, report } = parse();

/** A drill in a report. */
interface Result {
  readonly fullName: string;
  readonly status: "passed" | "failed" | "pending";
  readonly failureMessages: readonly string[];
}

/** Plays a drill and prints its line. */
async function play(name: string, rounds: number): Promise<Result> {
  const outcome = await DRILLS[name]!.run({ rounds, seed }).catch(
    (error: Error): Outcome => ({ failures: Array<string>(rounds).fill(error.message), figure: "ended early" }),
  );
  const { failures, figure, lacks, rounds: played = rounds } = outcome;
  if (lacks !== undefined) {
    console.log(`${name}: 0 rounds, 0 passed, 0 failed, not played: ${lacks}`);
    return { fullName: name, status: "pending", failureMessages: [] };
  }
  const failureMessages = [...new Set(failures)];
  for (const failure of failureMessages) console.log(`  ${name}: ${failure}`);
  const failed = Math.min(played, failures.length);
  console.log(`${name}: ${played} rounds, ${played - failed} passed, ${failed} failed, ${figure}`);
  return { fullName: name, status: failures.length > 0 ? "failed" : "passed", failureMessages };
}

/** @param results of the drills played so far; written anew after each, so that one that never ends takes no other's with it */
function writeReport(file: string, results: readonly Result[]): void {
  const count = (status: Result["status"]) => results.filter((result) => result.status === status).length;
  const [numPassedTests, numPendingTests] = [count("passed"), count("pending")];
  const testResults = [{ name: import.meta.filename, assertionResults: results }];
  writeFileSync(file, JSON.stringify({ numPassedTests, numPendingTests, numTodoTests: 0, testResults }));
}

const results: Result[] = [];
try {
  for (const name of names.length > 0 ? names : Object.keys(DRILLS)) {
    results.push(await play(name, wanted ?? DRILLS[name]!.rounds));
    if (report !== undefined) writeReport(report, results);
  }
  if (results.some(({ status }) => status === "failed")) process.exitCode = 1;
} finally {
  await closeWorkshop();
}
// A drill that failed may have left a server or a process that would hold this one.
process.exit();
