import { randomUUID } from "node:crypto";
import { type ExplainChoice, type ModelDetails, NOTICE, type Prediction } from "../../lib/contracts/api.ts";
import type { ModelVersion } from "../../lib/contracts/model-version.ts";
import { CARD_STATEMENTS, type CardStatement } from "../../lib/domain/card-statements.ts";
import { forEachObservation, OBSERVATIONS } from "../../lib/domain/observations.ts";
import { operatingPointText } from "../../lib/domain/operating-point.ts";
import { dataOf } from "../../lib/domain/provenance.ts";
import type { FilmAnswer } from "../../lib/inference/film-service.ts";
import { type Finding, type FindingRules, findings, likeliest, requireLearned } from "../../lib/inference/findings.ts";
import { observationStatuses } from "../../lib/registry/observation-statuses.ts";
import { identityOf } from "../../lib/registry/version-id.ts";
import type { ModelDocuments } from "./dependencies.ts";
import { describeHeatMap } from "./heat-map.ts";

/** Whether a map was asked for, for each observation. */
export function explained(choice: ExplainChoice, found: readonly Finding[]): (index: number) => boolean {
  const [first] = choice;
  if (first === "none") return () => false;
  if (first === "all") return () => true;
  if (first === "top") {
    const top = likeliest(found);
    return (index) => OBSERVATIONS[index] === top;
  }
  const names = new Set<string>(choice);
  return (index) => names.has(OBSERVATIONS[index]!);
}

/** Whether any map at all is asked for. */
export const wantsMaps = (choice: ExplainChoice): boolean => choice[0] !== "none";

/** What answers are told by: the version, and what it may say of each observation. */
export interface AnsweredBy extends Pick<FindingRules, "statuses"> {
  readonly manifest: ModelVersion;
}

/** What answers are told by, of a version's documents. */
export const answeredBy = ({ manifest, evaluation }: ModelDocuments): AnsweredBy => ({
  manifest,
  statuses: observationStatuses(manifest, evaluation),
});

/** @throws InputError `not-learned` where a map is asked for by the name of what the model did not learn */
export const checkLearned = ({ statuses }: AnsweredBy, choice: ExplainChoice): void =>
  requireLearned(
    statuses,
    OBSERVATIONS.filter((name) => (choice as readonly string[]).includes(name)),
  );

/** The answer to one film. */
export function toPrediction(
  answer: FilmAnswer,
  { manifest, statuses }: AnsweredBy,
  choice: ExplainChoice,
): Prediction {
  const { maps } = answer.prediction;
  const found = findings(answer, { thresholds: manifest.thresholds, statuses });
  const wanted = explained(choice, found);
  const mapOf = (index: number) => {
    if (maps === null || !wanted(index)) return {};
    if (statuses[index] === "not-learned") return { map: null };
    const places = maps.rows * maps.columns;
    const grid = maps.values.subarray(index * places, (index + 1) * places);
    return { map: describeHeatMap(grid, maps, answer.area, answer.film) };
  };
  return {
    id: randomUUID(),
    model: identityOf(manifest),
    film: answer.film,
    outOfDistribution: answer.outOfDistribution,
    findings: found.map((finding, index) => ({ ...finding, ...mapOf(index) })),
    warnings: [...answer.warnings],
    notice: NOTICE,
  };
}

const withoutFigures = (rates: readonly (number | null)[]): null[] => rates.map(() => null);

/** A version's documents as the API tells them. */
export function toModelDetails(documents: ModelDocuments): ModelDetails {
  const { manifest, card, evaluation } = documents;
  const { statuses } = answeredBy(documents);
  const whereLearned = <T>(values: readonly T[], instead: (value: T) => T): T[] =>
    values.map((value, index) => (statuses[index] === "not-learned" ? instead(value) : value));
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
    thresholds: whereLearned<number | null>(manifest.thresholds, () => null),
    statuses: [...statuses],
    outOfDistribution: manifest.outOfDistribution,
    trainedOn: {
      run: manifest.trainedOn.run,
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
      perObservation: forEachObservation((name, index) => {
        const figures = evaluation.perObservation[name];
        if (figures === undefined) return null;
        const { auroc, recall: sensitivity, specificity, positives, rows } = figures;
        const status = statuses[index]!;
        const counts = { positives, negatives: rows - positives };
        if (status === "not-learned") return { status, auroc: null, sensitivity: null, specificity: null, ...counts };
        return { status, auroc, sensitivity, specificity, ...counts };
      }),
      operatingCurve: {
        thresholds: evaluation.operatingCurve.thresholds,
        sensitivity: whereLearned(evaluation.operatingCurve.sensitivity, withoutFigures),
        specificity: whereLearned(evaluation.operatingCurve.specificity, withoutFigures),
      },
    },
    notice: NOTICE,
  };
}
