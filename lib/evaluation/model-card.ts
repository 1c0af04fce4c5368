import type { ModelCard } from "../contracts/model-card.ts";
import { unstated, withSources } from "../domain/card-statements.ts";
import { LEAST_FOR_CLAIM, observationsWith } from "../domain/observation-status.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { cautionOf } from "../domain/provenance.ts";
import { tally } from "../domain/tally.ts";
import { capital, LATER_VALIDATIONS } from "../report/later-validations.ts";
import type { ReportMaterial } from "../report/material.ts";
import { notLearnedText } from "../report/not-learned.ts";
import { outOfDistributionText } from "../report/out-of-distribution.ts";
import { netBenefitAt } from "../report/sections/net-benefit.ts";
import { subgroupLimits } from "../report/subgroup-text.ts";

const UNSTATED_USE =
  "Who made this model states none. The software is for research and teaching: how a network for chest films is prepared, trained, judged and served.";
const NOT_CLINICAL = "Not for clinical use: no diagnosis, triage or treatment may rest on its answers.";

/** What a deployed stage watches; lib/stacks/alarms.ts has the alarms themselves. */
const MONITORING = [
  "A deployed stage counts answers, refused films and films unlike the training films, without anything of a film.",
  "It alarms where a day's share of positive answers of an observation is far from the training prevalence.",
  "It alarms on faults, slow answers, a promoted model that does not load, failed runs and data that can't be read.",
  "Nothing watches whether answers are right: that needs readers' labels, which the service takes as feedback.",
];

/** The card of the model that a report is about. */
export function modelCard(material: ReportMaterial): ModelCard {
  const { request, plan, evaluation, histories, upsampling, statuses, outOfDistribution, trainingLabels } = material;
  const unlearned = notLearnedText(material);
  const { config } = request;
  const { meanAuroc, meanAurocInterval, perObservation, evaluatedOn } = evaluation;
  const caution = cautionOf({ name: config.name, provenance: plan.provenance });
  const statements = withSources(plan.statements ?? {}, plan.provenance);
  return {
    schema: "hilum.card/1",
    name: config.name,
    description: config.description,
    notForClinicalUse: true,
    caution,
    intendedUse: [statements.intendedUse ?? UNSTATED_USE, NOT_CLINICAL],
    limits: [
      ...(caution === null ? [] : [caution]),
      ...(evaluation.leakage.testPatientsInTraining > 0
        ? ["Tested on patients whom it was trained on too: its figures say nothing about others."]
        : []),
      `Tested on patients of the same source as those it was trained on. Other hospitals and scanners were not measured when this card was written; ${LATER_VALIDATIONS}.`,
      `Views: ${config.views.join(" and ")} films only.`,
      ...(unlearned === "" ? [] : [`Not learned, and not answered for: ${unlearned}.`]),
      `No accuracy is claimed where the test films have fewer than ${LEAST_FOR_CLAIM} positives or negatives.`,
      subgroupLimits(evaluation),
      outOfDistributionText(outOfDistribution),
      "Heat maps show what raised a score, not where disease is.",
    ],
    statements,
    notStated: unstated(statements),
    model: {
      run: request.run,
      createdAt: request.createdAt,
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
      ...(plan.provenance && { sources: plan.provenance }),
      composition: material.composition,
    },
    outOfDistribution,
    metrics: {
      meanAuroc,
      meanAurocInterval,
      claimed: observationsWith(statuses, "learned"),
      perObservation: Object.fromEntries(
        OBSERVATIONS.map((name, i) => {
          const { auroc, aurocInterval, positives, rows: films, ...figures } = perObservation[name];
          const status = statuses[i]!;
          const threshold = status === "not-learned" ? null : figures.threshold;
          const { recall: sensitivity, recallInterval: sensitivityInterval } = figures;
          const { specificity, specificityInterval } = figures;
          return [
            name,
            {
              ...{ status, auroc, aurocInterval, threshold },
              ...{ sensitivity, sensitivityInterval, specificity, specificityInterval },
              ...{ gained: netBenefitAt(evaluation, name).gained, trainingPositives: trainingLabels[i]!.positives },
              ...{ positives, films },
            },
          ];
        }),
      ),
      subgroups: evaluation.subgroups.map(({ perObservation: _, ...group }) => group),
    },
    robustness: {
      setAside: tally(material.dataset.setAside.map(({ code }) => code)),
      ...(material.dataset.warnings && { warnings: material.dataset.warnings }),
    },
    externalValidation: `None when this card was written: not tested on films of another hospital, scanner or population. ${capital(LATER_VALIDATIONS)}.`,
    monitoring: MONITORING,
    machine: material.machine,
  };
}
