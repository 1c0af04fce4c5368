import type { Calibration } from "../../../lib/contracts/model-version.ts";
import type { ModelConfig } from "../../../lib/contracts/run-config.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { initialWeights } from "../../../lib/model/initial-weights.ts";
import { buildNetwork, HEAD } from "../../../lib/model/networks.ts";
import { writeServingGraph } from "../../../lib/model/serving-graph.ts";
import type { Weights } from "../../../lib/model/weights.ts";
import type { VersionFile } from "../../../lib/registry/version-file.ts";
import { publishVersion, type VersionDescription } from "../../../lib/registry/versions.ts";
import type { Store } from "../../../lib/store/store.ts";

export const MODEL = { network: "densenet-mini", channels: 1, headWidth: 64, normalisation: "symmetric" } as const;
export const SIZE = 112;

/** Random logits are all near 0, and so all films alike: louder ones tell films apart. */
const LOUDNESS = 60;

/** A network by its description, and the side of its films. */
export interface RandomModel {
  readonly model: Pick<ModelConfig, "network" | "channels" | "headWidth" | "normalisation">;
  readonly size: number;
}

function loudWeights(model: RandomModel["model"]): Weights {
  const weights = new Map(initialWeights(buildNetwork(model), 5));
  const name = `${HEAD.logits}/kernel`;
  const { shape, data } = weights.get(name)!;
  return weights.set(name, { shape, data: data.map((value) => value * LOUDNESS) });
}

/** A network, small unless another is given, with random weights in a store, as a run would publish it. */
export function publishRandomModel(
  models: Store,
  calibration: Calibration = { kind: "identity" },
  files: readonly VersionFile[] = [],
  change: Partial<VersionDescription> = {},
  { model, size }: RandomModel = { model: MODEL, size: SIZE },
) {
  const members = [loudWeights(model)];
  const bytes = writeServingGraph({ model, size, members });
  return publishVersion(
    models,
    {
      name: "random",
      model: { ...model, trainable: "full", weights: { from: "none" } },
      geometry: { size, fit: "pad", resize: "antialias" },
      labels: [...OBSERVATIONS],
      thresholds: OBSERVATIONS.map((_, i) => 0.3 + 0.03 * i),
      operatingPoint: "max-f1",
      calibration: OBSERVATIONS.map(() => calibration),
      outOfDistribution: null,
      policy: { uncertain: "ones", blank: "zero", perObservation: {} },
      protocol: "leak-free",
      trainedOn: {
        run: "none",
        fingerprint: "0".repeat(64),
        rows: 0,
        patients: 0,
        seeds: [5],
        prevalence: OBSERVATIONS.map(() => 0.2),
      },
      meanAuroc: null,
      engine: { tensorflow: "2.21.0" },
      ...change,
    },
    [{ path: "saved_model/saved_model.pb", bytes }, ...files],
  );
}
