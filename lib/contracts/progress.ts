import * as z from "zod";

/**
 * What a step says while it works: one JSON object a line on stderr, which the local runner draws and CloudWatch keeps.
 * Nothing about a patient stands in it.
 */
export const ProgressEvent = z.discriminatedUnion("event", [
  z.object({
    event: z.literal("progress"),
    step: z.string(),
    done: z.number().min(0),
    total: z.number().min(0),
    unit: z.string(),
    /** Units a second, lately. */
    rate: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    /** Figures such as loss or AUROC, shown as they come. */
    figures: z.record(z.string(), z.number().nullable()).default({}),
  }),
  z.object({
    event: z.literal("note"),
    step: z.string(),
    level: z.enum(["info", "warning", "error"]),
    message: z.string(),
  }),
]);
export type ProgressEvent = z.infer<typeof ProgressEvent>;
