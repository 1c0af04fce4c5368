import * as z from "zod";
import { RunId } from "./run.ts";

/** Input of the state machine and of each of its functions. Everything else is read from the store. */
export const ExecutionInput = z.object({ run: RunId });
export type ExecutionInput = z.infer<typeof ExecutionInput>;

/** What the function `plan` answers, which two Choices read. */
export const PlanAnswer = z.strictObject({ prepareJobs: z.int().min(1), trainJobs: z.int().min(1) });
export type PlanAnswer = z.infer<typeof PlanAnswer>;

/** What the function `gate` answers, which one Choice reads. */
export const GateAnswer = z.strictObject({ decision: z.enum(["promote", "keep"]) });
export type GateAnswer = z.infer<typeof GateAnswer>;

/** A Task's error as the state machine tells of it: its name, and what the service behind the Task said. */
export interface TaskError {
  readonly Error: string;
  readonly Cause?: string;
}
