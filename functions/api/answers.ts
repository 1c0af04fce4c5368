import { randomUUID } from "node:crypto";
import { type ExplainChoice, type ModelDetails, NOTICE, type Prediction } from "../../lib/contracts/api.ts";
import type { ModelVersion } from "../../lib/contracts/model-version.ts";
import { CARD_STATEMENTS, type CardStatement } from "../../lib/domain/card-statements.ts";
import { forEachObservation, OBSERVATIONS } from "../../lib/domain/observations.ts";
import { operatingPointText } from "../../lib/domain/operating-point.ts";
import { dataOf } from "../../lib/domain/provenance.ts";
import type { FilmAnswer } from "../../lib/inference/film-service.ts";
import { findings } from "../../lib/inference/findings.ts";
import { identityOf } from "../../lib/registry/version-id.ts";
import type { ModelDocuments } from "./dependencies.ts";
import { describeHeatMap } from "./heat-map.ts";

/** Whether a map was asked for, for each observation. */
export function explained(choice: ExplainChoice, probabilities: ArrayLike<number>): (index: number) => boolean {
  const [first] = choice;
  if (first === "none") return () => false;
  if (first === "all") return () => true;
  if (first === "top") {
    const top = OBSERVATIONS.reduce((best, _, i) => (probabilities[i]! > probabilities[best]! ? i : best), 0);
    return (index) => index === top;
  }
  const names = new Set<string>(choice);
  return (index) => names.has(OBSERVATIONS[index]!);
}

/** Whether any map at all is asked for. */
export const wantsMaps = (choice: ExplainChoice): boolean => choice[0] !== "none";

/** The answer to one film. */
export function toPrediction(answer: FilmAnswer, version: ModelVersion, choice: ExplainChoice): Prediction {
  const { probabilities, maps } = answer.prediction;
  const wanted = explained(choice, probabilities);
  const mapOf = (index: number) => {
    if (maps === null || !wanted(index)) return {};
    const places = maps.rows * maps.columns;
    const grid = maps.values.subarray(index * places, (index + 1) * places);
    return { map: describeHeatMap(grid, maps, answer.area, answer.film) };
  };
  return {
    id: randomUUID(),
    model: identityOf(version),
    film: answer.film,
    findings: findings(answer.prediction, version).map((finding, index) => ({ ...finding, ...mapOf(index) })),
    warnings: [...answer.warnings],
    notice: NOTICE,
  };
}

/** A version's documents as the API tells them. */
export function toModelDetails({ manifest, card, evaluation }: ModelDocuments): ModelDetails {
  return {
    ...identityOf(manifest),
    description: card?.description ?? "",
    intendedUse: card?.intendedUse ?? [],
    limits: card?.limits ?? [],
    statements: Object.entries(CARD_STATEMENTS).map(([key, item]) => ({
      item,
      text: card?.statements?.[key as CardStatement] ?? null,
    })),
    createdAt: manifest.createdAt,
    data: dataOf(manifest),
    network: manifest.model.network,
    inputSize: manifest.geometry.size,
    operatingPoint: operatingPointText(manifest.operatingPoint),
    labels: manifest.labels,
    thresholds: manifest.thresholds,
    trainedOn: {
      films: manifest.trainedOn.rows,
      patients: manifest.trainedOn.patients,
      dataset: manifest.trainedOn.fingerprint,
      members: manifest.trainedOn.seeds.length,
      prevalence: manifest.trainedOn.prevalence,
    },
    labelPolicy: { uncertain: manifest.policy.uncertain, blank: manifest.policy.blank },
    protocol: manifest.protocol,
    tensorflow: manifest.engine.tensorflow,
    files: manifest.files,
    evaluation: evaluation && {
      films: evaluation.evaluatedOn.rows,
      patients: evaluation.evaluatedOn.patients,
      meanAuroc: evaluation.meanAuroc,
      meanAurocInterval: evaluation.meanAurocInterval,
      perObservation: forEachObservation((name) => {
        const figures = evaluation.perObservation[name];
        if (figures === undefined) return null;
        const { auroc, recall: sensitivity, specificity, positives } = figures;
        return { auroc, sensitivity, specificity, positives };
      }),
      operatingCurve: evaluation.operatingCurve,
    },
    notice: NOTICE,
  };
}
