/**
 * `npm run rehearse [-- --json FILE]`: the life of a stage against an emulator of AWS, by the real `cdk`: bootstrap,
 * deploy, a run, a deployment over it, destroy (docs/rehearsal.md). Prints a line an act, and what the emulator could not
 * do. Exit code 1 where an act did not show what it must.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { EMULATOR } from "./emulator/emulator.ts";
import { leftOutFaults } from "./left-out.ts";
import { type Outcome, rehearse } from "./rehearse.ts";
import { STAGES } from "./stages.ts";
import { BESIDES } from "./workarounds.ts";

// So that the emulator ends with it.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

const { values } = parseArgs({ options: { json: { type: "string" } } });
const outcomes: Outcome[] = [];
for (const stage of STAGES) {
  console.log(`stage ${stage.first.name}, keepData ${stage.first.keepData}, on ${EMULATOR}`);
  const outcome = await rehearse(stage, ({ act, showed }) => console.log(`  ${act}: ${showed}`));
  for (const failure of outcome.failures) console.log(`  FAILED ${failure}`);
  console.log(`  ${Math.round(outcome.seconds)} s`);
  outcomes.push(outcome);
}

const each = (of: (outcome: Outcome) => readonly string[]): string[] => [...new Set(outcomes.flatMap(of))].sort();
const leftOut = each((outcome) => Object.keys(outcome.leftOut));
console.log("\nwhat the emulator could not do (docs/rehearsal.md says why):");
for (const what of [...each(({ used }) => used), ...BESIDES.map((one) => one.what)]) console.log(`  ${what}`);
for (const type of leftOut) {
  console.log(`  left out: ${type}: ${each((outcome) => outcome.leftOut[type] ?? []).join(", ")}`);
}
console.log(`  not changed by the second deployment: ${each(({ notUpdated }) => notUpdated).join(", ") || "nothing"}`);
console.log(`  not removed with their stack: ${each(({ stuck }) => stuck).join(", ") || "nothing"}`);

const failures = [
  ...outcomes.flatMap(({ stage, failures: some }) => some.map((failure) => `${stage}: ${failure}`)),
  ...leftOutFaults(leftOut),
];
console.log(failures.length === 0 ? "\nrehearsal: passed" : `\nrehearsal: failed\n  ${failures.join("\n  ")}`);
if (values.json !== undefined) {
  const report = { emulator: EMULATOR, passed: failures.length === 0, failures, outcomes };
  await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}
process.exitCode = failures.length === 0 ? 0 : 1;
