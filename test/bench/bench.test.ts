import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Measurement, markdownTable, median } from "../../bench/measurement.ts";

const PROGRAM = fileURLToPath(new URL("../../bench/run.ts", import.meta.url));

async function bench(...args: string[]): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, output, errors };
}

const Measurements = z.array(
  z.strictObject({
    bench: z.string(),
    subject: z.string(),
    metric: z.string(),
    value: z.number().positive(),
    unit: z.string(),
    flags: z.string(),
  }),
);

test("the median is the middle one, the lower of two", () => {
  expect([median([3]), median([9, 1, 5]), median([4, 2])]).toEqual([3, 5, 2]);
});

test("a table has a row a metric and a column a subject, empty where nothing was measured", () => {
  const one = (subject: string, metric: string, value: number): Measurement => ({
    ...{ bench: "b", subject, metric, value },
    ...{ unit: "s", flags: "f" },
  });
  expect(markdownTable([one("we", "time", 1), one("they", "time", 2), one("we", "memory", 3)]).split("\n")).toEqual([
    "|  |  | we | they |",
    "|---|---|---|---|",
    "| time, s | f | 1 | 2 |",
    "| memory, s | f | 3 |  |",
  ]);
});

describe("npm run bench", () => {
  test.each(["step", "transfer"])("train, %s: a table, and the measurements as the last line", async (work) => {
    const options = ["--work", work, "--networks", "vgg-mini", "--subjects", "ours", "--rounds", "1"];
    const { code, output, errors } = await bench(
      ...["train", "--json", ...options],
      ...["--size", "32", "--batch", "4", "--count", "8"],
    );
    expect(code, errors).toBe(0);
    expect(output).toContain("| ours (TensorFlow ");
    const measurements = Measurements.parse(JSON.parse(output.trim().split("\n").at(-1)!));
    const metrics = {
      step: ["training", "processor time", "peak memory"],
      transfer: ["wall time", "processor time", "peak memory"],
    };
    expect(measurements.map(({ metric }) => metric)).toEqual(metrics[work as keyof typeof metrics]);
  });

  test("predict: ours and stock tfjs-node agree on one set of weights, and both are timed", async () => {
    const options = ["--network", "vgg-mini", "--subjects", "ours,tfjs-node", "--rounds", "1"];
    const { code, output, errors } = await bench(
      ...["predict", "--json", ...options],
      ...["--size", "32", "--count", "3", "--endurance", "20"],
    );
    expect(code, errors).toBe(0);
    const measurements = Measurements.parse(JSON.parse(output.trim().split("\n").at(-1)!));
    const told = measurements.map(({ subject, metric }) => `${subject.split(" ")[0]}: ${metric}`);
    expect(told).toEqual([
      "ours: one film",
      "ours: one film, fastest call",
      "ours: eight films",
      "ours: eight films, fastest call",
      "ours: one film, all heat maps",
      "ours: memory after warming up",
      "ours: memory after 20 predictions",
      "tfjs-node: one film",
      "tfjs-node: one film, fastest call",
      "tfjs-node: eight films",
      "tfjs-node: eight films, fastest call",
    ]);
  });

  test("evaluate: figures and intervals of all observations are timed", async () => {
    const { code, output, errors } = await bench("evaluate", "--json", "--films", "50");
    expect(code, errors).toBe(0);
    expect(Measurements.parse(JSON.parse(output.trim().split("\n").at(-1)!))).toMatchObject([
      { subject: "figures and intervals", metric: "time", flags: "films=50 observations=14 rounds=5" },
    ]);
  });

  test("a name that is none ends with 64 and those that are", async () => {
    const { code, errors } = await bench("nothing");
    expect(code).toBe(64);
    expect(errors).toMatch(/^bench: no nothing, expected one of .*train/);
  });

  test("a subject that is none ends with 64 and those that are", async () => {
    const { code, errors } = await bench("train", "--subjects", "jax");
    expect(code).toBe(64);
    expect(errors.trim()).toMatch(/^bench: train: no jax, expected ours, keras, pytorch, tfjs-layers, ours-/);
  });
});
