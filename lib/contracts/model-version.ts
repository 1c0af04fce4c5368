import * as z from "zod";
import { OBSERVATION_STATUSES } from "../domain/observation-status.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { Instant, ObservationName, perObservation, Sha256, Share, schemaName } from "./primitives.ts";
import { Provenance } from "./provenance.ts";
import { Geometry, LabelPolicy, ModelConfig, OperatingPointRule } from "./run-config.ts";

/** From a logit to a calibrated probability, per observation. */
export const Calibration = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("identity"),
    reason: z.string().optional().describe("why the probabilities stay as they are, where calibration was asked for"),
  }),
  z.strictObject({ kind: z.literal("platt"), slope: z.number(), intercept: z.number() }),
  z.strictObject({ kind: z.literal("isotonic"), x: z.array(Share), y: z.array(Share) }),
]);
export type Calibration = z.infer<typeof Calibration>;

/** How far the pooled features of a film may lie from those of the training films; null where that was not measured. */
export const OutOfDistribution = z
  .strictObject({
    /** Distance (lib/domain/feature-space.ts) beyond which a film is told to be of another kind. */
    threshold: z.number().min(0),
    /** Training films that the file's numbers are from. */
    trainingFilms: z.int().min(1),
    /** Tuning films that the threshold is from. */
    tuningFilms: z.int().min(1),
    /** How many of the test films, which are of the usual kind, lie beyond the threshold; older versions don't tell. */
    falseAlarms: z.strictObject({ films: z.int().min(0), beyond: z.int().min(0) }).optional(),
  })
  .nullable();
export type OutOfDistribution = z.infer<typeof OutOfDistribution>;

const ClassCounts = z.strictObject({ positives: z.int().min(0), negatives: z.int().min(0) });

export const ObservationStatus = z.enum(OBSERVATION_STATUSES);

/** Whether an observation was learned and may be claimed (lib/domain/observation-status.ts), and the films that decided. */
export const JudgedObservation = z.strictObject({
  status: ObservationStatus,
  trained: ClassCounts,
  tested: ClassCounts,
});
export type JudgedObservation = z.infer<typeof JudgedObservation>;

/** First 16 hexadecimal digits of the hash over the version's files. */
export const VersionId = z.string().regex(/^[0-9a-f]{16}$/);
export type VersionId = z.infer<typeof VersionId>;

/** Everything that serving needs to know besides the weights. Immutable, content-addressed, written last. */
export const ModelVersion = z.strictObject({
  schema: schemaName("hilum.model/1"),
  version: VersionId,
  name: z.string(),
  createdAt: Instant,
  model: ModelConfig,
  geometry: Geometry,
  labels: perObservation(ObservationName).refine((l) => OBSERVATIONS.every((o, i) => l[i] === o), {
    message: "labels are not the 14 observations in their order",
  }),
  thresholds: perObservation(Share),
  operatingPoint: OperatingPointRule,
  calibration: perObservation(Calibration),
  outOfDistribution: OutOfDistribution,
  /** Versions of before this was kept lack it: lib/registry/observation-statuses.ts tells for all. */
  observations: perObservation(JudgedObservation).optional(),
  policy: LabelPolicy,
  protocol: z.string(),
  trainedOn: z.strictObject({
    run: z.string(),
    fingerprint: Sha256,
    rows: z.int(),
    patients: z.int(),
    seeds: z.array(z.int()),
    prevalence: perObservation(z.number().nullable()),
  }),
  /** Where its films come from; missing in versions from before it was recorded (lib/domain/provenance.ts). */
  provenance: Provenance.optional(),
  meanAuroc: z.number().nullable(),
  engine: z.strictObject({ tensorflow: z.string() }),
  /** Every file of the version besides model.json. The serving graph is the folder `saved_model/`. */
  files: z.array(z.strictObject({ path: z.string(), bytes: z.int().min(0), sha256: Sha256 })),
});
export type ModelVersion = z.infer<typeof ModelVersion>;

/** The folder of a version that TensorFlow loads. */
export const SAVED_MODEL_FOLDER = "saved_model";

/** The pointer to the live model: one object, written with put-if-match. */
export const Channels = z.strictObject({
  schema: schemaName("hilum.channels/1"),
  generation: z.int().min(0),
  production: VersionId.nullable(),
  previous: VersionId.nullable(),
  candidate: VersionId.nullable(),
  /** What a candidate must hold against besides production, so that many small steps down are none (lib/domain/promotion.ts). */
  anchor: VersionId.nullable().default(null),
});
export type Channels = z.infer<typeof Channels>;
