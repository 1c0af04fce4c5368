import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { selectRows } from "../../../lib/data/data-plan.ts";
import { labelMatrix, type Manifest } from "../../../lib/data/film-columns.ts";
import { readLabels } from "../../../lib/data/manifest.ts";
import type { CsvFile } from "../../../lib/data/read-sources.ts";
import { BLANK, NOT_LABELLED, POLICY_NAMES, targetsOf } from "../../../lib/domain/label-policy.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { OBSERVATION_COUNT, type Observation, observationIndex } from "../../../lib/domain/observations.ts";
import { random } from "../../../lib/domain/random.ts";
import { csvRow, filmPath, HEADER } from "./source-folder.ts";

const NIH_HEADER = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,a,b,c,d";

const configured = (policy: string): RunConfig =>
  RunConfig.parse({ name: "mix", model: { network: "densenet-mini" }, policy });

/** AUROC of knowing nothing of a film but whether it is NIH's, whichever way round; null where one class is missing. */
function bySource({ source }: Manifest, targets: Float32Array, name: Observation): number | null {
  const k = observationIndex(name);
  const scores = source.map((text) => Number(text.endsWith("NIH-ChestX-ray14")));
  const found = auroc(
    scores,
    source.map((_, row) => targets[row * OBSERVATION_COUNT + k]!),
  );
  return found === null ? null : Math.max(found, 1 - found);
}

const underPolicy = (manifest: Manifest, policy: string, name: Observation): number | null =>
  bySource(manifest, selectRows(manifest, configured(policy)).targets, name);

/** What the same labels come to where a label that nobody looked for is taken for a blank. */
function asBlanks(manifest: Manifest, name: Observation): number | null {
  const labels = labelMatrix(manifest).map((label) => (label === NOT_LABELLED ? BLANK : label));
  return bySource(manifest, targetsOf(configured("u-ones").policy, labels), name);
}

const figure = (value: number | null): string => value?.toFixed(3) ?? "not defined";

/** Films need not be there. */
const fileOf = (name: string, folder: string, text: string): CsvFile => ({
  name,
  folder,
  async *stream() {
    yield Buffer.from(text);
  },
});

describe("what the source alone says of a label", () => {
  test("Support Devices in 400 films of CheXpert's form and 400 of NIH's: nothing, under every policy", async () => {
    const next = random(1, "shortcut");
    const choose = (texts: readonly string[]) => texts[Math.floor(next() * texts.length)]!;
    // Shares of CheXpert's 223,648 rows: 52 % positive, 3 % negative, 0.5 % uncertain, the rest blank.
    const devices = () => {
      const draw = next();
      return draw < 0.52 ? "1.0" : draw < 0.55 ? "0.0" : draw < 0.555 ? "-1.0" : "";
    };
    const chexpert = Array.from({ length: 400 }, (_, i) =>
      csvRow(filmPath(i + 1), [...Array.from({ length: 13 }, () => choose(["1.0", "0.0", "-1.0", ""])), devices()]),
    );
    const nih = Array.from(
      { length: 400 },
      (_, i) => `${String(i).padStart(8, "0")}_000.png,${choose(["Edema", "No Finding"])},0,${i},58,M,PA,1,1,1,1`,
    );
    const manifest = await readLabels([
      fileOf("train.csv", "chexpert", [HEADER, ...chexpert].join("\n")),
      fileOf("Data_Entry_2017.csv", "nih", [NIH_HEADER, ...nih].join("\n")),
    ]);
    expect(manifest.source).toHaveLength(800);
    const counted = asBlanks(manifest, "Support Devices");
    const masked = POLICY_NAMES.map((policy) => underPolicy(manifest, policy, "Support Devices"));
    console.log(
      `AUROC of the source alone for Support Devices: ${figure(counted)} counted as blank, ${masked.map(figure).join(", ")} not labelled (${POLICY_NAMES.join(", ")})`,
    );
    expect(counted).toBeGreaterThan(0.8);
    for (const found of masked) expect(found ?? 0).toBeLessThanOrEqual(0.52);
  });

  const shared = fileURLToPath(new URL("../../../../shared", import.meta.url));
  const sample = join(shared, "cxr-sample");
  const nih = join(shared, "nih-672");

  test.skipIf(!existsSync(sample) || !existsSync(nih))("real films (../shared): nothing either", async () => {
    const read = (path: string) => readFile(path, "utf8");
    const manifest = await readLabels([
      fileOf("train.csv", "sample", await read(join(sample, "train.csv"))),
      fileOf("valid.csv", "sample", await read(join(sample, "valid.csv"))),
      fileOf("Data_Entry.csv", "nih", await read(join(nih, "Data_Entry_2017_v2020.csv"))),
    ]);
    for (const name of [
      "Lung Opacity",
      "Fracture",
      "Support Devices",
      "Enlarged Cardiomediastinum",
      "Pleural Other",
    ] as const) {
      const masked = underPolicy(manifest, "u-ones", name);
      console.log(
        `AUROC of the source alone for ${name} in ${manifest.source.length} real films: ${figure(asBlanks(manifest, name))} counted as blank, ${figure(masked)} not labelled`,
      );
      expect(masked ?? 0).toBeLessThanOrEqual(0.52);
    }
    expect(asBlanks(manifest, "Lung Opacity")).toBeGreaterThan(0.8);
  });
});
