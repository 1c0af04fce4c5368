import type { ModelVersion } from "../../../lib/contracts/model-version.ts";
import type { ObservationStatus } from "../../../lib/domain/observation-status.ts";
import { forEachObservation, type Observation } from "../../../lib/domain/observations.ts";
import { cautionOf } from "../../../lib/domain/provenance.ts";
import { observationStatuses } from "../../../lib/registry/observation-statuses.ts";
import { evaluationOf, findVersion, type ModelsOptions } from "./registry.ts";

/** Facts in which versions may differ besides their figures. */
const FACTS = {
  name: (v: ModelVersion) => v.name,
  network: (v: ModelVersion) => v.model,
  geometry: (v: ModelVersion) => v.geometry,
  policy: (v: ModelVersion) => v.policy,
  protocol: (v: ModelVersion) => v.protocol,
  "operating point": (v: ModelVersion) => v.operatingPoint,
  sources: (v: ModelVersion) => v.provenance ?? null,
  "data set": (v: ModelVersion) => v.trainedOn.fingerprint,
  "training films": (v: ModelVersion) => v.trainedOn.rows,
  seeds: (v: ModelVersion) => v.trainedOn.seeds,
  tensorflow: (v: ModelVersion) => v.engine.tensorflow,
} as const;

interface Side {
  readonly version: string;
  readonly meanAuroc: number | null;
  /** What to say beside its figures; null where there is nothing to say. */
  readonly caution: string | null;
  readonly auroc: readonly (number | null)[];
  readonly statuses: readonly ObservationStatus[];
  /** Null where not learned. */
  readonly thresholds: readonly (number | null)[];
}

/** What tells two versions apart. Their figures may come from other films: the gate alone compares film by film. */
export async function diffModels(a: string, b: string | undefined, { store, json }: ModelsOptions): Promise<void> {
  const [before, after] = [await findVersion(a, store), await findVersion(b, store)];
  const [left, right] = [await sideOf(before), await sideOf(after)];
  const changed = Object.entries(FACTS).flatMap(([fact, of]) => {
    const values = [of(before.version), of(after.version)].map((value) => JSON.stringify(value));
    return values[0] === values[1] ? [] : [{ fact, before: JSON.parse(values[0]!), after: JSON.parse(values[1]!) }];
  });
  const observations = forEachObservation((observation, i) => ({
    observation,
    auroc: [left.auroc[i] ?? null, right.auroc[i] ?? null],
    threshold: [left.thresholds[i]!, right.thresholds[i]!],
    status: [left.statuses[i]!, right.statuses[i]!],
  }));
  if (json) {
    const versions = [left, right].map(({ version, meanAuroc, caution }) => ({ version, meanAuroc, caution }));
    return console.log(JSON.stringify({ versions, changed, observations }));
  }
  for (const { version, caution } of [left, right]) if (caution !== null) console.log(`${version}: ${caution}`);
  console.log(`${"".padEnd(28)} ${left.version} -> ${right.version}`);
  for (const { fact, ...values } of changed) {
    console.log(`${fact.padEnd(28)} ${JSON.stringify(values.before)} -> ${JSON.stringify(values.after)}`);
  }
  console.log(`${"mean AUROC".padEnd(28)} ${step(left.meanAuroc, right.meanAuroc)}`);
  for (const { observation, auroc, threshold, status } of observations) {
    const figures = `AUROC ${step(auroc[0]!, auroc[1]!)}   threshold ${step(threshold[0]!, threshold[1]!)}`;
    const told = status[0] === status[1] ? status[0] : status.join(" -> ");
    console.log(`${observation.padEnd(28)} ${figures}   ${told}`);
  }
}

const figure = (value: number | null): string => (value === null ? "  -  " : value.toFixed(3));
const step = (before: number | null, after: number | null): string => `${figure(before)} -> ${figure(after)}`;

async function sideOf({ models, version }: Awaited<ReturnType<typeof findVersion>>): Promise<Side> {
  const evaluation = await evaluationOf(models, version);
  const statuses = observationStatuses(version, evaluation);
  const whereLearned = <T>(make: (name: Observation, index: number) => T): (T | null)[] =>
    forEachObservation((name, index) => (statuses[index] === "not-learned" ? null : make(name, index)));
  return {
    version: version.version,
    meanAuroc: version.meanAuroc,
    caution: cautionOf(version),
    statuses,
    auroc: whereLearned((name) => evaluation?.perObservation[name].auroc ?? null),
    thresholds: whereLearned((_, index) => version.thresholds[index]!),
  };
}
