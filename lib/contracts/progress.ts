import * as z from "zod";
import { ProcessIdentity } from "./lease.ts";
import { Instant, schemaName } from "./primitives.ts";

const Measured = z.object({
  done: z.number().min(0),
  total: z.number().min(0),
  unit: z.string(),
  /** Units a second, lately. */
  rate: z.number().nullable(),
  secondsLeft: z.number().nullable(),
  /** Figures such as loss or AUROC, shown as they come. */
  figures: z.record(z.string(), z.number().nullable()).default({}),
});

const Note = z.object({ level: z.enum(["info", "warning", "error"]), message: z.string() });

/**
 * What a step says while it works: one JSON object a line on stderr, which the local runner draws and CloudWatch keeps.
 * Nothing about a patient stands in it.
 */
export const ProgressEvent = z.discriminatedUnion("event", [
  z.object({ event: z.literal("progress"), step: z.string(), ...Measured.shape }),
  z.object({ event: z.literal("note"), step: z.string(), ...Note.shape }),
]);
export type ProgressEvent = z.infer<typeof ProgressEvent>;

/**
 * The same as the store keeps it, for whoever watches the run from elsewhere and for the time after. Best effort: no
 * step fails for it, and the step's record alone says that it is done.
 */
export const StepProgress = z.strictObject({
  schema: schemaName("hilum.progress/1"),
  step: z.string(),
  index: z.int().min(0).optional(),
  /** Times that it was begun: more than one after a retry, a stop or a kill. */
  starts: z.int().min(1),
  /** The last time. */
  startedAt: Instant,
  /** Of this document; a step at work writes it every half a minute at least. */
  at: Instant,
  /** Null while it is at work, and for ever where it was killed. */
  endedAt: Instant.nullable(),
  owner: ProcessIdentity,
  progress: Measured.nullable(),
  /** What it said, of all its starts, oldest first; of many the last. */
  log: z.array(Note.extend({ at: Instant })),
});
export type StepProgress = z.infer<typeof StepProgress>;
