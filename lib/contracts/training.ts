import * as z from "zod";
import { Machine } from "./machine.ts";
import { ObservationName, perObservation, Sha256, schemaName } from "./primitives.ts";

/** One epoch of one ensemble member. */
export const EpochRecord = z.strictObject({
  epoch: z.int().min(1),
  step: z.int().min(0),
  trainLoss: z.number(),
  tuningLoss: z.number().nullable(),
  tuningMeanAuroc: z.number().nullable(),
  tuningAuroc: perObservation(z.number().nullable()),
  imagesPerSecond: z.number(),
  seconds: z.number(),
  /** Share of the epoch in which the step waited for data. */
  waitShare: z.number(),
});
export type EpochRecord = z.infer<typeof EpochRecord>;

export const TrainingHistory = z.strictObject({
  schema: schemaName("hilum.history/1"),
  member: z.int().min(0),
  seed: z.int().min(0),
  network: z.string(),
  parameters: z.strictObject({ total: z.int(), trainable: z.int() }),
  device: z.string(),
  tensorflow: z.string(),
  /** Missing in histories from before it was recorded. */
  machine: Machine.optional(),
  stepLoss: z.array(z.tuple([z.int(), z.number()])).describe("step and mean loss since the last entry"),
  epochs: z.array(EpochRecord),
  bestEpoch: z.int().min(1).nullable(),
  stoppedEarly: z.boolean(),
  /** Missing in histories from before it could be chosen: mean AUROC over all observations where it is defined. */
  selection: z
    .strictObject({
      by: z.enum(["auroc", "loss", "last"]),
      observations: z.array(ObservationName).describe("that count in tuningMeanAuroc"),
    })
    .optional(),
});
export type TrainingHistory = z.infer<typeof TrainingHistory>;

const CheckpointReference = z.strictObject({ key: z.string(), step: z.int().min(0), sha256: Sha256 });

/** The newest whole checkpoint of a member, and the one before it to fall back on. */
export const LatestCheckpoint = CheckpointReference.extend({
  schema: schemaName("hilum.latest/1"),
  previous: CheckpointReference.nullable(),
});
export type LatestCheckpoint = z.infer<typeof LatestCheckpoint>;
