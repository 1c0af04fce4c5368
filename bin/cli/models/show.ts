import type { ModelVersion, OutOfDistribution } from "../../../lib/contracts/model-version.ts";
import { claimsOf, claimsText, type ObservationStatus } from "../../../lib/domain/observation-status.ts";
import { forEachObservation } from "../../../lib/domain/observations.ts";
import { operatingPointText } from "../../../lib/domain/operating-point.ts";
import { cautionOf, KIND_WORDS, NOT_STATED, SOURCE_FACTS } from "../../../lib/domain/provenance.ts";
import { observationStatuses } from "../../../lib/registry/observation-statuses.ts";
import { count, counted } from "../../../lib/report/format.ts";
import { evaluationOf, findVersion, type ModelsOptions } from "./registry.ts";
import { validationsOf, validationText } from "./validations.ts";

/** All that a version's manifest says, and how it did elsewhere. */
export async function showModel(place: string | undefined, { store, json }: ModelsOptions): Promise<void> {
  const { models, version } = await findVersion(place, store);
  const evaluation = await evaluationOf(models, version);
  const statuses = observationStatuses(version, evaluation);
  const validations = await validationsOf(models, version.version);
  if (json) return console.log(JSON.stringify({ ...version, statuses, validations }));
  const { trainedOn, geometry, model } = version;
  const claims = evaluation === null ? "" : ` (${claimsText(claimsOf(evaluation.perObservation))})`;
  const lines = [
    ["Version", version.version],
    ["Name", version.name],
    ["Made", version.createdAt],
    ["Network", `${model.network}, ${geometry.size} x ${geometry.size}, ${counted(trainedOn.seeds.length, "member")}`],
    [
      "Trained on",
      `${counted(trainedOn.rows, "film")} of ${counted(trainedOn.patients, "patient")}, run ${trainedOn.run}`,
    ],
    ...sourceLines(version),
    ["Mean AUROC", version.meanAuroc === null ? "not defined" : `${version.meanAuroc.toFixed(3)}${claims}`],
    ...validations.map((one, i) => [i === 0 ? "Validated" : "", validationText(one)]),
    ["Unlike films", strangeText(version.outOfDistribution)],
    ["Thresholds", `by the rule ${operatingPointText(version.operatingPoint)}`],
    ...forEachObservation((name, index) => ["", `${name.padEnd(28)} ${pointText(version, statuses, index)}`]),
  ];
  for (const [label = "", text = ""] of lines) console.log(`${label.padEnd(15)}${text}`);
}

function pointText(version: ModelVersion, statuses: readonly ObservationStatus[], index: number): string {
  if (statuses[index] === "not-learned") return "not learned";
  const point = version.thresholds[index]!.toFixed(3);
  return statuses[index] === "learned" ? point : `${point}  too few test films to say how well`;
}

function strangeText(check: OutOfDistribution): string {
  if (check === null) return "not recognised: too few tuning films to set a limit";
  const { falseAlarms } = check;
  const kept = "recognised, and given no decision";
  if (falseAlarms === undefined) return kept;
  return `${kept}; so were ${count(falseAlarms.beyond)} of ${counted(falseAlarms.films, "test film")}, wrongly`;
}

/** Where its films come from, and what to think of that. */
function sourceLines(version: ModelVersion): string[][] {
  const caution = cautionOf(version);
  const sources = version.provenance?.flatMap(({ name, kind, ...facts }) => [
    ["Films", `${name}: ${KIND_WORDS[kind]}`],
    ...Object.entries(SOURCE_FACTS).flatMap(([fact, title]) => {
      const said = facts[fact as keyof typeof facts];
      return said === undefined ? [] : [["", `${title}: ${said}`]];
    }),
  ]);
  return [...(caution === null ? [] : [["Caution", caution]]), ...(sources ?? [["Films", `origin ${NOT_STATED}`]])];
}
