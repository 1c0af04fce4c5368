import * as z from "zod";
import { schemaName } from "./primitives.ts";

/** One rule of the promotion gate, with its numbers. */
export const GateCheck = z.strictObject({
  rule: z.string(),
  passed: z.boolean(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
  detail: z.string(),
});

/** What the gate decided and why; `decision` answers the state machine's Choice. */
export const GateDecision = z.strictObject({
  schema: schemaName("hilum.decision/1"),
  run: z.string(),
  candidate: z.string(),
  champion: z.string().nullable().describe("in production when the gate decided"),
  anchor: z
    .string()
    .nullable()
    .default(null)
    .describe("the best promoted so far, or one that a person chose: it was measured from that as well"),
  becomesAnchor: z.boolean().default(true).describe("whether later candidates are measured from it, once promoted"),
  decision: z.enum(["promote", "keep"]),
  checks: z.array(GateCheck),
});
export type GateDecision = z.infer<typeof GateDecision>;
