/**
 * The end of `.ci/run`: every failed test with its file and message, every failed step, and one line that counts tests.
 * A log is often read from its end alone, so the end says what failed. Usage: node summary.mjs REPORTS [STEP...]
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";

const MESSAGE_LINES = 12;
const [folder, ...failedSteps] = process.argv.slice(2);
const failures = [];
let passed = 0;
let skipped = 0;

for (const name of readdirSync(folder)) {
  const report = JSON.parse(readFileSync(join(folder, name), "utf8"));
  passed += report.numPassedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults) {
    const path = `${basename(name, ".json")}: ${relative(process.cwd(), file.name)}`;
    const failed = file.assertionResults.filter((test) => test.status === "failed");
    failures.push(...failed.map((test) => `${path} > ${test.fullName}\n${test.failureMessages.join("\n")}`));
    // A file that does not load, or whose hook fails, has a message and no failed test.
    if (file.status === "failed" && failed.length === 0) failures.push(`${path}\n${file.message}`);
  }
}
for (const failure of failures) console.log(`\nfailed: ${failure.split("\n").slice(0, MESSAGE_LINES).join("\n  ")}`);
for (const step of failedSteps) console.log(`\nfailed step: ${step}`);
console.log(`\ntests: ${passed} passed, ${failures.length + failedSteps.length} failed, ${skipped} skipped`);
