/**
 * `npm run bench -- NAME [--json] [options of the bench]`: figures as a Markdown table with the machine they were taken
 * on; with `--json` the measurements as the last line.
 */
import { cpus, loadavg, totalmem } from "node:os";
import { InputError, reportError } from "../lib/domain/errors.ts";
import { type Measurement, markdownTable } from "./measurement.ts";

interface Bench {
  /** @param args what stands behind the bench's name */
  run(args: readonly string[]): Promise<Measurement[]>;
}

/** A module a bench, loaded when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  coldstart: () => import("./coldstart.ts"),
  coverage: () => import("./coverage.ts"),
  data: () => import("./data.ts"),
  evaluate: () => import("./evaluate.ts"),
  gate: () => import("./gate.ts"),
  metrics: () => import("./metrics.ts"),
  predict: () => import("./predict.ts"),
  serve: () => import("./serve.ts"),
  subgroups: () => import("./subgroups.ts"),
  synth: () => import("./synth.ts"),
  train: () => import("./train.ts"),
};

async function main([name = "", ...rest]: readonly string[]): Promise<void> {
  const load = BENCHES[name];
  if (load === undefined) {
    throw new InputError("bench", `no ${name || "name"}, expected one of ${Object.keys(BENCHES).join(", ")}`);
  }
  const loadBefore = loadavg()[0]!;
  const bench = await load();
  const measurements = await bench.run(rest.filter((arg) => arg !== "--json"));
  const machine = `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
  console.log(`${machine}; Node ${process.versions.node}; load ${loadBefore.toFixed(1)} before\n`);
  console.log(markdownTable(measurements));
  if (rest.includes("--json")) console.log(`\n${JSON.stringify(measurements)}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const { message, exitCode } = reportError(error);
  console.error(`bench: ${message}`);
  process.exitCode = exitCode;
}
