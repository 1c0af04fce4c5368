import type { ModelCard } from "../contracts/model-card.ts";
import { LEAST_FOR_CLAIM, observationsWith } from "../domain/observation-status.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import type { ReportMaterial } from "../report/material.ts";
import { outOfDistributionText } from "../report/out-of-distribution.ts";
import { subgroupLimits } from "../report/subgroup-text.ts";

const INTENDED_USE = [
  "Research and teaching: how a network for chest films is prepared, trained, judged and served.",
  "Not for clinical use: no diagnosis, triage or treatment may rest on its answers.",
];

/** The card of the model that a report is about. */
export function modelCard(material: ReportMaterial): ModelCard {
  const { request, plan, evaluation, histories, upsampling, statuses, outOfDistribution } = material;
  const notLearned = observationsWith(statuses, "not-learned");
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
      ...(notLearned.length > 0
        ? [
            `Not learned, since its training films were all alike in them, and not answered for: ${notLearned.join(", ")}.`,
          ]
        : []),
      `No accuracy is claimed where the test films have fewer than ${LEAST_FOR_CLAIM} positives or negatives.`,
      ...subgroupLimits(evaluation),
      outOfDistributionText(outOfDistribution),
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
    outOfDistribution,
    metrics: {
      meanAuroc,
      meanAurocInterval,
      claimed: observationsWith(statuses, "learned"),
      perObservation: Object.fromEntries(
        OBSERVATIONS.map((name, index) => {
          const { auroc, aurocInterval, positives, rows } = perObservation[name];
          const status = statuses[index]!;
          const threshold = status === "not-learned" ? null : perObservation[name].threshold;
          return [name, { status, auroc, aurocInterval, threshold, positives, films: rows }];
        }),
      ),
    },
  };
}
