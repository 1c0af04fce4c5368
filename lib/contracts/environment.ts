import * as z from "zod";
import { InputError } from "../domain/errors.ts";
import { StoreUri } from "./primitives.ts";
import { RunId } from "./run.ts";

/** The three rooms (lib/contracts/layout.ts). */
export const RoomsEnvironment = z.object({
  HILUM_DATASETS: StoreUri,
  HILUM_RUNS: StoreUri,
  HILUM_MODELS: StoreUri,
});
export type RoomsEnvironment = z.infer<typeof RoomsEnvironment>;

/** What each Batch job finds in its environment; the stack and the local runner write it, the step parses it. */
export const JobEnvironment = RoomsEnvironment.extend({
  HILUM_RUN: RunId,
  /** Set by Batch on the members of an array job. */
  AWS_BATCH_JOB_ARRAY_INDEX: z.coerce.number().int().min(0).default(0),
  AWS_BATCH_JOB_ATTEMPT: z.coerce.number().int().min(1).default(1),
});
export type JobEnvironment = z.infer<typeof JobEnvironment>;

/** The trainer's, which alone may ask for a GPU. */
export const TrainerEnvironment = JobEnvironment.extend({
  HILUM_DEVICE: z.enum(["cpu", "gpu"]).default("cpu"),
});
export type TrainerEnvironment = z.infer<typeof TrainerEnvironment>;

/** What each function of the state machine finds. */
export const FunctionEnvironment = RoomsEnvironment;

/** What the function finds that starts a run when films have arrived. */
export const OnDataEnvironment = RoomsEnvironment.extend({
  HILUM_STATE_MACHINE: z.string().describe("ARN"),
  HILUM_CONFIG: z.string().describe("RunConfig as JSON, for the runs that it starts"),
});
export type OnDataEnvironment = z.infer<typeof OnDataEnvironment>;

/** What the API finds: the model it serves, by room and channel or version. */
export const ApiEnvironment = z.object({
  HILUM_MODELS: StoreUri,
  HILUM_MODEL: z.string().default("production").describe("a channel's name or a version"),
  HILUM_CORS_ORIGINS: z.string().default("").describe("origins whose pages may call, with commas between them"),
  HILUM_FILM_BYTES: z.coerce.number().int().min(1).default(4_500_000).describe("largest film in a request"),
  HILUM_UPLOADS: StoreUri.optional().describe("where films go that are sent ahead; without, none are"),
  HILUM_UPLOAD_BYTES: z.coerce.number().int().min(1).default(100_000_000).describe("largest film that is sent ahead"),
  HILUM_FEEDBACK: StoreUri.optional().describe("where readers' labels go; without, none are taken"),
});
export type ApiEnvironment = z.infer<typeof ApiEnvironment>;

/** The environment, parsed; names every variable that is missing or wrong. */
export function parseEnvironment<T extends z.ZodType>(schema: T, source: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw new InputError("environment", `environment: ${faults}`, { cause: parsed.error });
}
