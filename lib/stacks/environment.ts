import type * as z from "zod";
import type {
  ApiEnvironment,
  NotifyEnvironment,
  OnDataEnvironment,
  OnFailureEnvironment,
  RoomsEnvironment,
  TrainerEnvironment,
  WatchEnvironment,
} from "../contracts/environment.ts";
import type { RunConfig } from "../contracts/run-config.ts";
import { FEEDBACK_FOLDER } from "../workflow/access.ts";
import type { Login } from "./login.ts";
import type { Buckets } from "./room-access.ts";
import type { Stage } from "./stage.ts";

/** Where a deployment's rooms are, for every step. */
export const roomsEnvironment = (buckets: Buckets) =>
  ({
    HILUM_DATASETS: buckets.datasets.s3UrlForObject(),
    HILUM_RUNS: buckets.runs.s3UrlForObject(),
    HILUM_MODELS: buckets.models.s3UrlForObject(),
  }) satisfies z.input<typeof RoomsEnvironment>;

/** Where Lambda unpacks a function's files. */
const TASK_ROOT = "/var/task";

/** The run's page without a run, beside the code of the functions that end runs. */
export const RUN_PAGE = "run-page.html";

export const notifyEnvironment = (buckets: Buckets, stateMachineArn: string) =>
  ({
    ...roomsEnvironment(buckets),
    HILUM_STATE_MACHINE: stateMachineArn,
    HILUM_RUN_PAGE: `${TASK_ROOT}/${RUN_PAGE}`,
  }) satisfies z.input<typeof NotifyEnvironment>;

/** Lambda adds the region. */
export const onFailureEnvironment = (buckets: Buckets, stage: Stage, stateMachineArn: string) =>
  ({
    ...notifyEnvironment(buckets, stateMachineArn),
    HILUM_STAGE: stage.name,
  }) satisfies Omit<z.input<typeof OnFailureEnvironment>, "AWS_REGION">;

export const onDataEnvironment = (buckets: Buckets, stage: Stage, stateMachineArn: string, config: RunConfig) =>
  ({
    ...roomsEnvironment(buckets),
    HILUM_STATE_MACHINE: stateMachineArn,
    HILUM_STAGE: stage.name,
    HILUM_INCOMING: buckets.incoming.s3UrlForObject(),
    HILUM_CONFIG: JSON.stringify(config),
  }) satisfies z.input<typeof OnDataEnvironment>;

export const watchEnvironment = ({ name, queueHours }: Stage, jobQueueArns: readonly string[]) =>
  ({
    HILUM_STAGE: name,
    HILUM_QUEUES: jobQueueArns.join(","),
    HILUM_QUEUE_HOURS: String(queueHours),
  }) satisfies z.input<typeof WatchEnvironment>;

export const apiEnvironment = (buckets: Buckets, { name, api }: Stage, groups: Login["groups"] | undefined) =>
  ({
    HILUM_READERS: groups?.readers.join(",") ?? "",
    HILUM_OPERATORS: groups?.operators.join(",") ?? "",
    HILUM_MODELS: buckets.models.s3UrlForObject(),
    HILUM_MODEL: "production",
    HILUM_STAGE: name,
    HILUM_FILM_BYTES: String(api.filmBytes),
    HILUM_UPLOADS: buckets.uploads.s3UrlForObject(),
    HILUM_UPLOAD_BYTES: String(api.uploadBytes),
    HILUM_FEEDBACK: buckets.incoming.s3UrlForObject(FEEDBACK_FOLDER),
    HILUM_FEEDBACK_PER_DAY: String(api.feedbackPerDay),
    HILUM_REFUSE: api.refuse ?? "",
    HILUM_CORS_ORIGINS: api.corsOrigins.join(","),
    HILUM_MODEL_CHECK_SECONDS: String(api.modelCheckSeconds),
  }) satisfies Readonly<Record<keyof z.input<typeof ApiEnvironment>, string>>;

/** What a GPU job finds besides. */
export const GPU_ENVIRONMENT = { HILUM_DEVICE: "gpu" } satisfies Partial<z.input<typeof TrainerEnvironment>>;
