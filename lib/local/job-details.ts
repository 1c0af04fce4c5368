import type { Queue } from "../workflow/jobs.ts";

/** What Batch tells of a job, as `submitJob.sync` hands it on: never anything that the program wrote. Times in ms. */
export interface JobDetails {
  readonly JobId: string;
  readonly JobName: string;
  readonly JobQueue: string;
  readonly JobDefinition: string;
  readonly Status: "SUCCEEDED" | "FAILED";
  readonly StatusReason: string;
  readonly CreatedAt: number;
  readonly StartedAt: number;
  readonly StoppedAt: number;
  readonly Attempts: readonly AttemptDetails[];
  readonly Container?: { readonly ExitCode: number; readonly Reason?: string };
  readonly ArrayProperties?: {
    readonly Size?: number;
    readonly Index?: number;
    readonly StatusSummary?: { readonly SUCCEEDED: number; readonly FAILED: number };
  };
}

export interface AttemptDetails {
  readonly Container: { readonly ExitCode: number; readonly Reason?: string };
  readonly StartedAt: number;
  readonly StoppedAt: number;
  readonly StatusReason: string;
}

/** What a Task hands to `submitJob.sync`. */
export interface SubmitJob {
  readonly JobName: string;
  readonly JobQueue: Queue;
  readonly JobDefinition: string;
  readonly ArrayProperties?: { readonly Size: number };
  readonly ContainerOverrides: { readonly Environment: readonly { readonly Name: string; readonly Value: string }[] };
}

/** Status reasons in Batch's own words, which retry strategies match. */
export const STATUS_REASON = {
  exited: "Essential container in task exited",
  timeout: "Job attempt duration exceeded timeout",
  array: "Array Child Job failed",
} as const;
