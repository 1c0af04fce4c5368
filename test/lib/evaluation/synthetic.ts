import { sigmoid } from "../../../lib/domain/logistic.ts";
import { forEachObservation, OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import type { Part } from "../../../lib/domain/parts.ts";
import { normal, random } from "../../../lib/domain/random.ts";
import type { PredictionTable } from "../../../lib/evaluation/prediction-table.ts";
import { numberNames } from "../../../lib/evaluation/prediction-table.ts";

/** Prevalence of each observation; the fourth is never positive, so that its AUROC is not defined. */
const PREVALENCE = [0.2, 0.12, 0.3, 0, 0.08, 0.25, 0.15, 0.05, 0.2, 0.1, 0.35, 0.02, 0.04, 0.5];

/** Predictions of a model that knows something: one to three films a patient, one label in ten masked. */
export function syntheticTable(part: Part, patients: number, seed: number, skill = 2): PredictionTable {
  const next = random(seed, "synthetic", part);
  const paths: string[] = [];
  const patientIds: string[] = [];
  for (let p = 0; p < patients; p += 1) {
    const id = `patient${String(p + 1).padStart(5, "0")}`;
    for (let film = 0; film < 1 + Math.floor(next() * 3); film += 1) {
      paths.push(`data/${part}/${id}/study${film + 1}/view1_frontal.jpg`);
      patientIds.push(id);
    }
  }
  const count = paths.length;
  const labels = new Float32Array(count * OBSERVATION_COUNT);
  const logits = new Float64Array(count * OBSERVATION_COUNT);
  for (let row = 0; row < count; row += 1) {
    forEachObservation((_, i) => {
      const at = row * OBSERVATION_COUNT + i;
      const positive = next() < PREVALENCE[i]!;
      logits[at] = skill * Number(positive) - skill / 2 - 1 + normal(next);
      labels[at] = next() < 0.1 ? Number.NaN : Number(positive);
    });
  }
  const subjects = patientIds.map((id) => ({
    sex: Number(id.slice(-1)) % 2 ? "Female" : "Male",
    age: 20 + ((7 * Number(id.slice(-2))) % 70),
    projection: Number(id.slice(-1)) % 3 ? "AP" : "PA",
    source: "data",
  }));
  const studies = numberNames(paths.map((path) => path.slice(0, path.lastIndexOf("/"))));
  const probabilities = logits.map(sigmoid);
  return {
    ...{ part, count, paths, patientIds, subjects, patients: numberNames(patientIds), studies },
    ...{ labels, logits, probabilities },
  };
}
