import * as z from "zod";
import { OBSERVATIONS } from "../domain/observations.ts";
import { READER_NAME } from "../domain/readers.ts";
import { recordOf } from "../domain/record-of.ts";
import { VersionId } from "./model-version.ts";
import { Instant, schemaName } from "./primitives.ts";
import { UploadId } from "./uploads.ts";

/** A reader disagrees: labels of their own, and with consent the film. */

const ReaderLabel = z.int().min(-1).max(1).describe("1 present, 0 absent, -1 uncertain, as in CheXpert");

export const ReaderLabels = z
  .strictObject(recordOf(OBSERVATIONS, () => ReaderLabel.optional()))
  .refine((labels) => Object.keys(labels).length > 0, { message: "expected a label of at least one observation" })
  .meta({ id: "ReaderLabels", minProperties: 1, description: "An observation that is left out was not judged." });
export type ReaderLabels = z.infer<typeof ReaderLabels>;

/** What a reader sends. */
export const Feedback = z
  .strictObject({
    prediction: z.uuid().optional().describe("id of the answer that the reader disagrees with"),
    labels: ReaderLabels,
    consent: z
      .boolean()
      .default(false)
      .describe("that the film and the pseudonym may be kept and learned from; without it neither is taken"),
    patient: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, "expected 1 to 64 letters, digits, - or _")
      .optional()
      .describe("a pseudonym, the same for all films of a patient; never a name, a date or a hospital's number"),
    upload: UploadId.optional().describe("the film, where it was uploaded beforehand"),
    sex: z.enum(["Female", "Male", "Unknown"]).optional(),
    age: z.int().min(0).max(120).optional(),
    view: z.enum(["Frontal", "Lateral"]).default("Frontal"),
    projection: z.enum(["AP", "PA"]).optional(),
  })
  .meta({ id: "Feedback" });
export type Feedback = z.infer<typeof Feedback>;

export const ReaderName = z.string().regex(READER_NAME, "expected a reader's pseudonym");

/** What is kept of every feedback, whether or not a film came with it. */
export const Reading = z.strictObject({
  schema: schemaName("hilum.reading/1"),
  id: z.uuid(),
  receivedAt: Instant,
  /** Who sent it, by a pseudonym; null in documents of before it was kept. */
  reader: ReaderName.nullable().default(null),
  prediction: z.uuid().nullable(),
  /** Version that answered when the reader disagreed. */
  model: VersionId,
  labels: ReaderLabels,
  /** Path of the film in the feedback's CSV files, where it was kept. */
  film: z.string().nullable(),
});
export type Reading = z.infer<typeof Reading>;

export const FeedbackReceipt = z.strictObject({ id: z.uuid(), filmKept: z.boolean() }).meta({ id: "FeedbackReceipt" });
export type FeedbackReceipt = z.infer<typeof FeedbackReceipt>;

/** Feedback of a reader that is kept in a day, unless a service is told another number. */
export const FEEDBACK_PER_DAY = 200;

/** How much of a reader's feedback was kept on the last day on which any was. */
export const FeedbackCount = z.strictObject({
  schema: schemaName("hilum.feedback-count/1"),
  reader: ReaderName,
  /** Of UTC. */
  day: z.iso.date(),
  count: z.int().min(1),
});
export type FeedbackCount = z.infer<typeof FeedbackCount>;
