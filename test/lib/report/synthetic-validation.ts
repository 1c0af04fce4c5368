import { ExternalValidation } from "../../../lib/contracts/external-validation.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { externalFigures } from "../../../lib/evaluation/external/figures.ts";
import { syntheticTable } from "../evaluation/synthetic.ts";

export const table = syntheticTable("test", 120, 1);
const JUDGED = OBSERVATIONS.filter((name) => name !== "Atelectasis");
const FILMS = table.count;
const thresholds = new Array<number>(OBSERVATION_COUNT).fill(0.3);

/** A validation in which the service decides on the films of which `decided` is true; on all where there is no check. */
export function syntheticValidation(
  decided: readonly boolean[] | null,
  caution: string | null = null,
): ExternalValidation {
  const strange = decided?.filter((is) => !is).length ?? 0;
  return ExternalValidation.parse({
    schema: "hilum.external-validation/1",
    id: "ward-7-01234567",
    createdAt: "2026-11-01T00:00:00.000Z",
    model: { version: "0123456789abcdef", name: "tiny", run: "tiny-01234567" },
    caution,
    data: {
      ...{ name: "ward 7", uri: "file:///ward-7", csv: ["train.csv"], fingerprint: "0".repeat(64) },
      ...{ views: ["frontal"], policy: { uncertain: "ignore", blank: "zero" } },
    },
    films: { read: FILMS + 537, judged: FILMS, leftOut: { "film that the model was fitted on": 537 } },
    overlap: { unchecked: null, ownTestFilms: 0 },
    subjects: {
      ...{ patients: 120, studies: FILMS, sex: {}, age: null, ageUnknown: FILMS },
      ...{ projection: {}, source: {} },
    },
    outOfDistribution: decided && { films: strange, share: strange / FILMS },
    seed: 1,
    operatingPoint: "max-f1",
    thresholds,
    folds: 5,
    notJudged: { Atelectasis: "not labelled in this data set" },
    ...externalFigures({
      table: { ...table, patients: table.patientIds, studies: table.paths, decided },
      judged: JUDGED,
      model: { thresholds, operatingPoint: "max-f1" },
      internal: undefined,
      seed: 1,
    }),
  });
}
