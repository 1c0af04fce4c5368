import { Evaluation } from "../contracts/evaluation.ts";
import { VERSION_FILES } from "../contracts/layout.ts";
import { ModelCard } from "../contracts/model-card.ts";
import { SAVED_MODEL_FOLDER } from "../contracts/model-version.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { encodeFeatureSpace } from "../registry/feature-space-file.ts";
import type { VersionFile } from "../registry/version-file.ts";
import type { VersionDescription } from "../registry/versions.ts";
import type { ReportMaterial } from "../report/material.ts";
import { renderModelCard } from "../report/model-card.ts";
import { encodeDocument } from "../store/documents.ts";
import type { FittedFeatureSpace } from "./feature-space.ts";
import type { Judged } from "./judge.ts";

export const SERVING_GRAPH = `${SAVED_MODEL_FOLDER}/saved_model.pb`;

/** What the registry is told of the model, besides its files. */
export function describeVersion(
  material: ReportMaterial,
  { rules, observations }: Pick<Judged, "rules" | "observations">,
): VersionDescription {
  const { request, plan, upsampling, evaluation, trainedPatients, outOfDistribution } = material;
  const { config } = request;
  return {
    name: config.name,
    model: config.model,
    geometry: config.geometry,
    labels: [...OBSERVATIONS],
    thresholds: [...rules.thresholds],
    operatingPoint: config.evaluation.operatingPoint,
    calibration: [...rules.calibration],
    outOfDistribution,
    observations: [...observations],
    policy: plan.policy,
    protocol: plan.protocol,
    trainedOn: {
      run: request.run,
      fingerprint: plan.fingerprint,
      rows: upsampling.rowsBefore,
      patients: trainedPatients,
      seeds: config.training.seeds,
      prevalence: upsampling.naturalPrevalence,
    },
    ...(plan.provenance && { provenance: plan.provenance }),
    meanAuroc: evaluation.meanAuroc,
    engine: { tensorflow: material.machine.tensorflow },
  };
}

interface Companions {
  readonly card: ModelCard;
  readonly report: Uint8Array;
  readonly fitted: FittedFeatureSpace | null;
}

/** The files of a version: the serving graph, what a person should read before using it, and what tells strange films. */
export const filesOfVersion = (
  graph: Uint8Array,
  material: ReportMaterial,
  { card, report, fitted }: Companions,
): VersionFile[] => [
  { path: SERVING_GRAPH, bytes: graph },
  { path: VERSION_FILES.evaluation, bytes: encodeDocument(Evaluation.parse(material.evaluation)) },
  { path: VERSION_FILES.card, bytes: encodeDocument(ModelCard.parse(card)) },
  { path: VERSION_FILES.cardPage, bytes: Buffer.from(renderModelCard(card)) },
  { path: VERSION_FILES.report, bytes: report },
  ...(fitted === null ? [] : [{ path: VERSION_FILES.featureSpace, bytes: encodeFeatureSpace(fitted.space) }]),
];
