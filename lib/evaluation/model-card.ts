import type { Evaluation } from "../contracts/evaluation.ts";
import type { ModelCard } from "../contracts/model-card.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { claimed, LEAST_FOR_CLAIM } from "../report/claims.ts";
import { list } from "../report/format.ts";
import type { ReportMaterial } from "../report/material.ts";

const INTENDED_USE = [
  "Research and teaching: how a network for chest films is prepared, trained, judged and served.",
  "Not for clinical use: no diagnosis, triage or treatment may rest on its answers.",
];

function subgroupLimit({ subgroups, largestSubgroupGap: gap }: Evaluation): string {
  if (subgroups.length === 0) return "Not broken down by sex, age, projection or source: the test films are all alike.";
  if (gap === null) return "Subgroups of the test films are too small to say whether it does as well for all.";
  return `Largest gap between subgroups: by ${gap.axis}, ${gap.better} above ${gap.worse} by ${gap.gap.toFixed(3)} AUROC.`;
}

function unlearnedLimit(names: readonly string[]): string[] {
  if (names.length === 0) return [];
  return [`Not trained on ${list(names)}: no training film has a label there, so those probabilities say nothing.`];
}

/** The card of the model that a report is about. */
export function modelCard(material: ReportMaterial): ModelCard {
  const { request, plan, evaluation, histories, upsampling } = material;
  const { config } = request;
  const { meanAuroc, meanAurocInterval, perObservation, evaluatedOn } = evaluation;
  return {
    schema: "hilum.card/1",
    name: config.name,
    description: config.description,
    notForClinicalUse: true,
    intendedUse: INTENDED_USE,
    limits: [
      ...(evaluation.leakage.testPatientsInTraining > 0
        ? ["Tested on patients whom it was trained on too: its figures say nothing about others."]
        : []),
      "Tested on patients of the same source as those it was trained on; other hospitals and scanners were not measured.",
      `Views: ${config.views.join(" and ")} films only.`,
      `No accuracy is claimed where the test films have fewer than ${LEAST_FOR_CLAIM} positives or negatives.`,
      ...unlearnedLimit(OBSERVATIONS.filter((_, i) => upsampling.naturalPrevalence[i] === null)),
      subgroupLimit(evaluation),
      "Heat maps show what raised a score, not where disease is.",
    ],
    model: {
      network: config.model.network,
      parameters: histories[0]?.parameters.total ?? 0,
      members: histories.length,
      imageSize: config.geometry.size,
    },
    data: {
      fingerprint: plan.fingerprint,
      policy: plan.policy,
      protocol: plan.protocol,
      trained: { films: upsampling.rowsBefore, patients: material.trainedPatients },
      tested: { films: evaluatedOn.rows, patients: evaluatedOn.patients },
    },
    metrics: {
      meanAuroc,
      meanAurocInterval,
      claimed: claimed(evaluation),
      perObservation: Object.fromEntries(
        OBSERVATIONS.map((name) => {
          const { auroc, aurocInterval, threshold, positives, rows } = perObservation[name];
          return [name, { auroc, aurocInterval, threshold, positives, films: rows }];
        }),
      ),
    },
  };
}
