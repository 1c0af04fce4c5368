import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Drill } from "../drill.ts";
import { newFolder } from "../workshop.ts";

const VITEST = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));

interface Suite {
  /** A file of test/slow. */
  readonly file: string;
  /** Names of its tests; all if left out. */
  readonly tests?: string;
  /** Rounds that the file plays by itself, and the environment variables by which it plays others. */
  readonly rounds: number;
  readonly roundsVariable?: string;
  readonly seedVariable?: string;
}

interface Report {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A drill that is a slow test: played with so many rounds, told in the drills' line. */
export const suite = ({ file, tests, rounds, roundsVariable, seedVariable }: Suite): Drill => ({
  rounds,
  tested: true,
  async run(options) {
    const output = join(await newFolder(), "report.json");
    const played = roundsVariable === undefined ? rounds : options.rounds;
    const args = ["run", "--mode", "slow", `test/slow/${file}`, "--reporter=json", `--outputFile=${output}`];
    const env = {
      ...process.env,
      ...(roundsVariable !== undefined && { [roundsVariable]: String(played) }),
      ...(seedVariable !== undefined && { [seedVariable]: String(options.seed) }),
    };
    const begin = performance.now();
    const more = [...(tests === undefined ? [] : ["--testNamePattern", tests]), "--testTimeout=0"];
    const child = spawn(process.execPath, [VITEST, ...args, ...more], { cwd: ROOT, env, stdio: "ignore" });
    await once(child, "close");
    const { testResults } = JSON.parse(await readFile(output, "utf8")) as Report;
    const results = testResults.flatMap(({ assertionResults }) => assertionResults);
    const failures = [
      ...testResults.filter(({ assertionResults }) => assertionResults.length === 0).map(({ message }) => message),
      ...results
        .filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages.join("; ")}`),
    ];
    const passed = results.filter(({ status }) => status === "passed").length;
    const seconds = Math.round((performance.now() - begin) / 1000);
    return { played, failures, figure: `${passed} tests of test/slow/${file} in ${seconds} s` };
  },
});
