import * as z from "zod";
import { InputError } from "../domain/errors.ts";
import { REFUSALS } from "./api.ts";
import { FEEDBACK_PER_DAY } from "./feedback.ts";
import { StoreUri } from "./primitives.ts";
import { RunId } from "./run.ts";
import { tellIssues } from "./tell-issues.ts";

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

/** Loops of our own kernels for a kind of processor, the fastest first; `plain` ones run on any. */
export const Kernels = z.enum(["avx512", "avx2", "plain"]);
export type Kernels = z.infer<typeof Kernels>;

/** What every process may find that computes networks. */
export const EngineEnvironment = z.object({
  HILUM_KERNELS: Kernels.optional().describe("kernels to compute with; without, the fastest of this processor"),
});

/** What each function of the state machine finds. */
export const FunctionEnvironment = RoomsEnvironment;

/** The deployment that a function belongs to; on one machine there is none. */
const StageName = z.string().describe("name of the stage, which names its logs and metrics");
const StateMachine = z.string().describe("ARN of the state machine");

const RunPage = z.string().optional().describe("file of a run's page without the run; without, no page is written");

/** What `notify` finds besides: the machine that goes on with what waits, and the page that runs leave. */
export const NotifyEnvironment = RoomsEnvironment.extend({
  HILUM_STATE_MACHINE: StateMachine.optional(),
  HILUM_RUN_PAGE: RunPage,
});
export type NotifyEnvironment = z.infer<typeof NotifyEnvironment>;

/** What a function of a stage finds that starts runs, or tells of them. */
const StageEnvironment = RoomsEnvironment.extend({ HILUM_STAGE: StageName, HILUM_STATE_MACHINE: StateMachine });

/** What the function finds that tells of executions which failed. */
export const OnFailureEnvironment = StageEnvironment.extend({
  HILUM_RUN_PAGE: RunPage,
  AWS_REGION: z.string().describe("set by Lambda; names the console with the logs"),
});
export type OnFailureEnvironment = z.infer<typeof OnFailureEnvironment>;

/** What the function finds that starts a run when films have arrived. */
export const OnDataEnvironment = StageEnvironment.extend({
  HILUM_INCOMING: StoreUri.describe("where data sets arrive, each in a folder of its own"),
  HILUM_CONFIG: z.string().describe("RunConfig as JSON, for the runs that it starts"),
});
export type OnDataEnvironment = z.infer<typeof OnDataEnvironment>;

/** What the function finds that watches jobs wait. */
export const WatchEnvironment = z.object({
  HILUM_STAGE: StageName,
  HILUM_QUEUES: z
    .string()
    .describe("ARNs of the queues, with commas between them")
    .transform((text) => text.split(",")),
  HILUM_QUEUE_HOURS: z.coerce.number().min(1).describe("hours that a job may wait where nothing runs"),
});
export type WatchEnvironment = z.infer<typeof WatchEnvironment>;

/** What the API finds: the model it serves, by room and channel or version. */
export const ApiEnvironment = z.object({
  HILUM_MODELS: StoreUri,
  HILUM_MODEL: z.string().default("production").describe("a channel's name or a version"),
  HILUM_CORS_ORIGINS: z.string().default("").describe("origins whose pages may call, with commas between them"),
  HILUM_FILM_BYTES: z.coerce.number().int().min(1).default(4_500_000).describe("largest film in a request"),
  HILUM_UPLOADS: StoreUri.optional().describe("where films go that are sent ahead; without, none are"),
  HILUM_UPLOAD_BYTES: z.coerce.number().int().min(1).default(100_000_000).describe("largest film that is sent ahead"),
  HILUM_FEEDBACK: StoreUri.optional().describe("where readers' labels go; without, none are taken"),
  HILUM_FEEDBACK_PER_DAY: z.coerce
    .number()
    .int()
    .min(1)
    .default(FEEDBACK_PER_DAY)
    .describe("feedback of a reader that is kept in a day"),
  HILUM_REFUSE: z
    .enum(["", ...REFUSALS])
    .default("")
    .describe("films that are refused instead of answered without a decision; empty for none"),
  HILUM_STAGE: StageName.optional(),
  HILUM_READERS: z
    .string()
    .default("")
    .describe(
      "groups of the log-in whose people send films, with commas between them; empty where callers' rights decide",
    ),
  HILUM_OPERATORS: z.string().default("").describe("groups of the log-in whose people see the service and no film"),
  HILUM_MODEL_CHECK_SECONDS: z.coerce
    .number()
    .min(0)
    .default(60)
    .describe("between looks for a newly promoted version"),
});
export type ApiEnvironment = z.infer<typeof ApiEnvironment>;

/** The environment, parsed; names every variable that is missing or wrong. */
export function parseEnvironment<T extends z.ZodType>(schema: T, source: NodeJS.ProcessEnv = process.env): z.infer<T> {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  throw new InputError("environment", `environment: ${tellIssues(parsed.error, "it")}`, { cause: parsed.error });
}
