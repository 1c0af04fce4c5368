import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { hilum } from "../bin/hilum.ts";

const NIH = fileURLToPath(new URL("../../../shared/nih-672", import.meta.url));

test.skipIf(!existsSync(NIH))(
  "real films in NIH's own form (../shared/nih-672), as they lie: a model and a report, boxes in its localisation",
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-nih-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const config = {
      name: "nih",
      // Every second patient is a test patient, so that some of the films with boxes are tested on.
      split: { train: 0.3, tuning: 0.1, calibration: 0.1, test: 0.5 },
      model: { network: "densenet-mini", headWidth: 32 },
      geometry: { size: 64 },
      training: { epochs: 2, batchSize: 16, learningRate: 0.001 },
      gate: { minMeanAuroc: 0, maxCalibrationError: 1 },
    };
    await writeFile(join(folder, "config.json"), JSON.stringify(config));
    const store = join(folder, "store");
    const ended = await hilum([
      "run",
      "--data",
      NIH,
      "--config",
      join(folder, "config.json"),
      "--store",
      store,
      "--json",
    ]);
    expect(ended.exitCode, ended.stderr).toBe(0);
    const told = JSON.parse(ended.stdout);
    expect(told.rows).toMatchObject({ read: 672, used: 672, leftOut: {}, setAside: {} });
    const run = join(store, "runs", told.run);
    const read = async (file: string) => JSON.parse(await readFile(join(run, file), "utf8"));
    expect(await read("validation.json")).toMatchObject({
      films: { there: 672, missing: 0 },
      boxes: 22,
      boxesLeftOut: 1,
    });
    const { localisation } = await read("evaluation.json");
    expect(localisation.map(({ observation }: { observation: string }) => observation)).toContain("Pneumonia");
    expect(await readFile(join(run, "report.html"), "utf8")).toContain("Pneumonia");
  },
);
