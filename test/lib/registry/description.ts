import { forEachObservation, OBSERVATIONS } from "../../../lib/domain/observations.ts";
import type { VersionDescription } from "../../../lib/registry/versions.ts";

/** A version's description as the evaluator gives it, small. */
export const describeVersion = (change: Partial<VersionDescription> = {}): VersionDescription => ({
  name: "smoke",
  model: {
    network: "densenet-mini",
    channels: 1,
    headWidth: 64,
    normalisation: "symmetric",
    trainable: "full",
    weights: { from: "none" },
  },
  geometry: { size: 64, fit: "pad", resize: "antialias" },
  labels: [...OBSERVATIONS],
  thresholds: forEachObservation(() => 0.5),
  operatingPoint: "max-f1",
  calibration: forEachObservation(() => ({ kind: "identity" as const })),
  outOfDistribution: null,
  policy: { uncertain: "ones", blank: "zero", perObservation: {} },
  protocol: "leak-free",
  trainedOn: {
    run: "smoke-1",
    fingerprint: "0".repeat(64),
    rows: 100,
    patients: 40,
    seeds: [1],
    prevalence: forEachObservation(() => 0.2),
  },
  meanAuroc: 0.8,
  engine: { tensorflow: "2.21.0" },
  ...change,
});
