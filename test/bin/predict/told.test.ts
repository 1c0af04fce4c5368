import { parse } from "csv-parse/sync";
import { describe, expect, test } from "vitest";
import type { PredictionResult } from "../../../bin/cli/predict/answer.ts";
import { outFormat } from "../../../bin/cli/predict/out-formats.ts";
import { tellPrediction } from "../../../bin/cli/predict/tell.ts";
import { observationIndex } from "../../../lib/domain/observations.ts";
import { cautionOf } from "../../../lib/domain/provenance.ts";
import { findings } from "../../../lib/inference/findings.ts";
import { doubleAnswer, manifest, withoutLearning } from "../../functions/api/service-double.ts";

const EDEMA = observationIndex("Edema");
const statuses = withoutLearning("Pleural Other").trainedOn.prevalence.map((share, i) =>
  share === 0 ? "not-learned" : i === EDEMA ? "not-claimed" : "learned",
);

/** Probabilities 0.05, 0.1 ... at thresholds of 0.5; "Pleural Other" was not learned, of "Edema" nothing is claimed. */
function resultOf(outOfDistribution: boolean | null, caution: string | null = null): PredictionResult {
  const answer = doubleAnswer(false, outOfDistribution);
  return {
    file: "film.png",
    model: { name: manifest.name, version: manifest.version, sha256: "0".repeat(64) },
    notice: "not for clinical use",
    caution,
    outOfDistribution,
    findings: findings(answer, { thresholds: manifest.thresholds, statuses }),
    warnings: answer.warnings,
  };
}

function csvOf(outOfDistribution: boolean | null): Record<string, string> {
  const { header, line } = outFormat("out.csv");
  const [row] = parse(header + line(resultOf(outOfDistribution)), { columns: true }) as Record<string, string>[];
  return row!;
}

describe("a film's answer in the terminal", () => {
  const rowOf = (text: string, name: string) => text.split("\n").find((line) => line.trimStart().startsWith(name));

  test("ends with what was not learned, and claims nothing of what was tested on few films", () => {
    const told = tellPrediction(resultOf(false));
    expect(rowOf(told, "Pleural Other")).toMatch(/^ {2}Pleural Other +not learned by this model$/);
    expect(told.indexOf("No Finding")).toBeLessThan(told.indexOf("Pleural Other"));
    expect(rowOf(told, "Edema")).toMatch(/below its operating point 0\.50; too few test films to say how well$/);
    expect(rowOf(told, "Support Devices")).toMatch(/above its operating point 0\.50$/);
    expect(told).not.toContain("no check");
  });

  test("decides nothing of a strange film, and says where a model can't tell one", () => {
    const strange = tellPrediction(resultOf(true));
    expect(strange).not.toMatch(/above|below/);
    expect(rowOf(strange, "Support Devices")).toMatch(/ 0\.70 {2}#{14}\.{6} {2}no decision$/);
    const unchecked = tellPrediction(resultOf(null));
    expect(unchecked).toContain("this model has no check for films unlike those it learned from");
    expect(unchecked).toContain("above its operating point");
  });
});

test("what to think of a model of drawings stands in every form of its answer", () => {
  const caution = cautionOf({ name: "demo" })!;
  const result = resultOf(false, caution);
  expect(tellPrediction(result)).toContain(caution);
  expect(JSON.parse(outFormat("out.jsonl").line(result))).toMatchObject({ caution });
  const { header, line } = outFormat("out.csv");
  expect(parse(header + line(result), { columns: true })).toMatchObject([{ Caution: caution }]);
  expect(tellPrediction(resultOf(false))).not.toContain("drawings");
  expect(csvOf(false)).toMatchObject({ Caution: "" });
});

describe("a film's line in CSV", () => {
  test("is blank where not learned, and names what was not learned or is not claimed", () => {
    expect(csvOf(false)).toMatchObject({
      ...{ "Pleural Other": "", "Not learned": "Pleural Other", "Not claimed": "Edema" },
      ...{ "Out of distribution": "no", Warnings: "low-contrast" },
      "Above threshold": "Pneumothorax; Pleural Effusion; Fracture; Support Devices",
    });
    expect(Number(csvOf(false).Edema)).toBeCloseTo(0.3);
  });

  test("has nothing above threshold for a strange film, and says where that can't be told", () => {
    expect(csvOf(true)).toMatchObject({ "Above threshold": "", "Out of distribution": "yes" });
    expect(csvOf(null)).toMatchObject({ "Out of distribution": "not checked" });
    expect(csvOf(null)["Above threshold"]).not.toBe("");
  });
});
