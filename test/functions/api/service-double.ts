import type { FilmService, LoadedShelf } from "../../../functions/api/dependencies.ts";
import type { Evaluation } from "../../../lib/contracts/evaluation.ts";
import type { ModelVersion } from "../../../lib/contracts/model-version.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS, type Observation } from "../../../lib/domain/observations.ts";
import type { FilmAnswer } from "../../../lib/inference/film-service.ts";

/** A version's manifest with thresholds of 0.5. */
export const manifest: ModelVersion = {
  schema: "hilum.model/1",
  version: "0123456789abcdef",
  name: "phantoms",
  createdAt: "2026-11-01T00:00:00Z",
  model: {
    network: "densenet-mini",
    channels: 1,
    headWidth: 64,
    normalisation: "symmetric",
    trainable: "full",
    weights: { from: "none" },
  },
  geometry: { size: 112, fit: "pad", resize: "antialias" },
  labels: [...OBSERVATIONS],
  thresholds: OBSERVATIONS.map(() => 0.5),
  operatingPoint: "max-f1",
  calibration: OBSERVATIONS.map(() => ({ kind: "identity" as const })),
  outOfDistribution: null,
  policy: { uncertain: "ones", blank: "zero", perObservation: {} },
  protocol: "leak-free",
  trainedOn: {
    run: "phantoms-1",
    fingerprint: "a".repeat(64),
    rows: 100,
    patients: 50,
    seeds: [1],
    prevalence: OBSERVATIONS.map(() => 0.1),
  },
  meanAuroc: null,
  engine: { tensorflow: "2.21.0" },
  files: [{ path: "saved_model/saved_model.pb", bytes: 10, sha256: "b".repeat(64) }],
};

/** The same of a model that learned from films that were alike in these observations. */
export const withoutLearning = (...names: readonly Observation[]): ModelVersion => ({
  ...manifest,
  trainedOn: { ...manifest.trainedOn, prevalence: OBSERVATIONS.map((name) => (names.includes(name) ? 0 : 0.1)) },
});

const MAP_PLACES = 16;

/** Probabilities 0.05, 0.1 ...; each map hottest at the place with its observation's own index; that of "Edema" empty. */
export function doubleAnswer(maps: boolean, outOfDistribution: boolean | null = false): FilmAnswer {
  const values = new Float32Array(OBSERVATIONS.length * MAP_PLACES);
  OBSERVATIONS.forEach((name, index) => {
    if (name !== "Edema") values[index * MAP_PLACES + index] = index + 1;
  });
  return {
    film: { width: 200, height: 100, format: "png", bitDepth: 8, view: null },
    prediction: {
      logits: new Float32Array(OBSERVATIONS.length),
      probabilities: Float32Array.from(OBSERVATIONS, (_, index) => 0.05 * (index + 1)),
      maps: maps ? { rows: 4, columns: 4, values } : null,
    },
    area: { x: 0, y: -50, width: 200, height: 200 },
    outOfDistribution,
    warnings: [{ code: "low-contrast", message: "the film has little contrast" }],
    timings: { decode: 1.5, predict: 20 },
  };
}

/** Answers at once, or as it is told; for tests of the HTTP side alone. */
export const serviceDouble = (overrides: Partial<FilmService> = {}): FilmService => ({
  ready: true,
  answer: async (_, { maps = false } = {}) => doubleAnswer(maps),
  picture: async () => ({
    png: Uint8Array.of(0x89, 0x50),
    box: null,
    outOfDistribution: false,
    warnings: [],
    timings: { render: 2 },
  }),
  ...overrides,
});

export const shelfDouble = (evaluation: Evaluation | null = null, loaded: ModelVersion = manifest): LoadedShelf => ({
  loaded: { manifest: loaded, card: null, evaluation },
  channels: async () => ({
    schema: "hilum.channels/1",
    generation: 1,
    production: manifest.version,
    previous: null,
    candidate: null,
    anchor: null,
  }),
  version: async (version) => {
    throw new InputError("no-such-version", `model ${version}: no such version`);
  },
});
