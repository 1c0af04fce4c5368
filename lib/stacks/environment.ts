import type * as z from "zod";
import type {
  ApiEnvironment,
  OnDataEnvironment,
  RoomsEnvironment,
  TrainerEnvironment,
} from "../contracts/environment.ts";
import type { RunConfig } from "../contracts/run-config.ts";
import type { Buckets } from "./room-access.ts";

/** Where a deployment's rooms are, for every step. */
export const roomsEnvironment = (buckets: Buckets) =>
  ({
    HILUM_DATASETS: buckets.datasets.s3UrlForObject(),
    HILUM_RUNS: buckets.runs.s3UrlForObject(),
    HILUM_MODELS: buckets.models.s3UrlForObject(),
  }) satisfies z.input<typeof RoomsEnvironment>;

export const onDataEnvironment = (buckets: Buckets, stateMachineArn: string, config: RunConfig) =>
  ({
    ...roomsEnvironment(buckets),
    HILUM_STATE_MACHINE: stateMachineArn,
    HILUM_CONFIG: JSON.stringify(config),
  }) satisfies z.input<typeof OnDataEnvironment>;

export const apiEnvironment = (buckets: Buckets) =>
  ({
    HILUM_MODELS: buckets.models.s3UrlForObject(),
    HILUM_MODEL: "production",
  }) satisfies z.input<typeof ApiEnvironment>;

/** What a GPU job finds besides. */
export const GPU_ENVIRONMENT = { HILUM_DEVICE: "gpu" } satisfies Partial<z.input<typeof TrainerEnvironment>>;
