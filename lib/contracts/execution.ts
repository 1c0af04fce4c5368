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

/** An error as a Catch hands it on. */
export const CaughtError = z.object({ Error: z.string(), Cause: z.string().optional() });
export type CaughtError = z.infer<typeof CaughtError>;

/** Input of `notify`: on the failure path also what a Catch caught, by the name of the step that failed. */
export const NotifyInput = ExecutionInput.extend({ failed: z.record(z.string(), CaughtError).optional() });
export type NotifyInput = z.infer<typeof NotifyInput>;

/** What `notify` answers on the failure path: which step failed and why, in a line for the execution's Cause. */
export const NotifyAnswer = z.strictObject({ cause: z.string() });
export type NotifyAnswer = z.infer<typeof NotifyAnswer>;
