import { readdirSync } from "node:fs";
import * as z from "zod";
import { STAGE_NAME } from "../contracts/deployment.ts";
import { ANY_X86 } from "../contracts/instances.ts";
import { RENAMED_PRESETS } from "../contracts/run-config.ts";
import { tellIssues } from "../contracts/tell-issues.ts";
import { InputError } from "../domain/errors.ts";
import { BUCKET_NAMES } from "../workflow/access.ts";
import { JOBS, type Queue } from "../workflow/jobs.ts";
import { AccountSettings } from "./account-settings.ts";
import { ApiSettings } from "./api-settings.ts";
import { NetworkSetting, VpcSettings } from "./network-settings.ts";
import { MOST } from "./setting-kinds.ts";

/** Cores of an instance type by its size, as EC2 counts them; undefined for sizes like `metal`. */
function coresOf(type: string): number | undefined {
  const [, times, extra] = /\.(\d*)(x?)large$/.exec(type) ?? [];
  if (extra === undefined) return undefined;
  return extra === "" ? 2 : 4 * Number(times || 1);
}

/** Instance types of which each holds the largest job that may wait for it (lib/workflow/jobs.ts). */
const instanceTypes = (queue: Queue, known: RegExp, expected: string) => {
  const cores = Math.max(...Object.values(JOBS).flatMap((job) => (job.queue === queue ? job.vcpus : [])));
  return z.array(
    z
      .string()
      .regex(known, expected)
      .refine((type) => (coresOf(type) ?? cores) >= cores, `expected ${cores} cores or more, which one job takes`),
  );
};
/** Graviton's families, `m7g` and `c6gn` and the first, are of another architecture than the images. */
const CpuTypes = instanceTypes(
  "cpuQueue",
  new RegExp(`^(${ANY_X86}|(?!a1\\.|[a-z]+\\d+g[a-z]*\\.)[a-z0-9-]+\\.[a-z0-9-]+)$`),
  `expected an x86-64 instance type, like m6i.2xlarge, or ${ANY_X86}`,
);
/** The GPU families whose driver the image carries and whose memory holds the networks. */
const GpuTypes = instanceTypes("gpuQueue", /^(g4dn|g5|g6)\.[0-9]*x?large$/, "expected a type of g4dn, g5 or g6");

const PRESETS = readdirSync(new URL("../../presets", import.meta.url)).map((name) => name.replace(/\.json$/, ""));

function presetFault(name: string): string {
  const renamed = RENAMED_PRESETS.get(name);
  return renamed === undefined ? `expected one of ${PRESETS.sort().join(", ")}` : `${name} is called ${renamed} now`;
}

/** Retention periods that CloudWatch knows, in days. */
export const LOG_DAYS = [30, 60, 90, 120, 180, 365, 400, 731, 1096, 1827, 2192, 3653] as const;

const KeyArn = z.string().regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/, "expected the ARN of a KMS key");
const BucketArn = z.string().regex(/^arn:[a-z-]+:s3:::[a-z0-9.-]{3,63}$/, "expected the ARN of a bucket");

/**
 * One deployment, as plain data: bin/stages.ts holds the stages. What a setting is for stands with it, and
 * docs/stages.md is made from that.
 */
export const Stage = z
  .strictObject({
    name: z
      .string()
      .regex(STAGE_NAME, "expected a lower case letter, then lower case letters, digits and dashes")
      .describe("part of the stacks' names"),
    keepData: z.boolean().default(true).describe("buckets, films, logs and the key outlive the stack"),
    network: NetworkSetting,
    vpc: VpcSettings,
    preset: z
      .string()
      .refine((name) => PRESETS.includes(name), { error: ({ input }) => presetFault(input as string) })
      .default("densenet121-ensemble")
      .describe("preset (presets/) of the runs that newly arrived films start"),
    logDays: z.literal(LOG_DAYS).default(365).describe("days that logs are kept"),
    images: z
      .strictObject({
        base: z
          .string()
          .regex(
            /^[a-z0-9][a-z0-9._:/-]*(@sha256:[0-9a-f]{64})?$/,
            "expected an image, as REGISTRY/NAME:TAG or NAME@sha256:DIGEST",
          )
          .nullable()
          .default(null)
          .describe(
            "image that all are made from, where Docker finds it: Debian 12 with Node 24; null is node:24-bookworm-slim of Docker's own registry",
          ),
      })
      .prefault({}),
    queueHours: z
      .int()
      .min(1)
      .max(24)
      .default(6)
      .describe(
        "hours that a job may wait for a machine while nothing in its queue runs, before it ends with the reason",
      ),
    audit: z
      .enum(["own", "account", "none"])
      .default("own")
      .describe(
        "who reads and writes films in the buckets is recorded by a CloudTrail trail of the stage's own, by the account's or organisation's (which must record S3 data events), or by none",
      ),
    data: z
      .strictObject({
        coldAfterDays: z
          .int()
          .min(30)
          .max(MOST)
          .default(90)
          .describe("days until what runs have written moves to cheaper storage"),
        oldVersionDays: z
          .int()
          .min(1)
          .max(MOST)
          .default(30)
          .describe("days that overwritten and deleted objects can be had back"),
        sweepHours: z.int().min(1).max(24).default(6).describe("hours between looks for arrivals whose event was lost"),
        key: KeyArn.nullable().default(null).describe("key of yours that all is encrypted with; null makes one"),
        buckets: z
          .partialRecord(z.enum(BUCKET_NAMES), BucketArn)
          .default({})
          .describe(
            "buckets of yours, by what they are for (incoming, datasets, runs, models, uploads); the others are made",
          ),
      })
      .prefault({}),
    cpu: z
      .strictObject({
        instances: CpuTypes.min(1)
          .default([ANY_X86])
          .describe(
            "instance types for preparation and evaluation, each of which holds the largest job; the region must have all of them",
          ),
        maxVcpus: z.int().min(8).default(256).describe("cores at most, over all instances"),
        diskGiB: z.int().min(30).max(16_384).default(100).describe("encrypted disk of an instance: images and scratch"),
      })
      .prefault({}),
    gpu: z
      .strictObject({
        instances: GpuTypes.min(1)
          .default(["g4dn.xlarge"])
          .describe(
            "instance types for up-sampling and training; the region must have all of them, and the account's quota allow one",
          ),
        maxVcpus: z.int().min(4).default(32).describe("cores at most, over all instances"),
        diskGiB: z
          .int()
          .min(50)
          .max(16_384)
          .default(150)
          .describe("encrypted disk of an instance: the CUDA image, and the shards of one data set"),
        upsample: z
          .boolean()
          .default(true)
          .describe("up-sample on the instance that trains next, which warms it; otherwise on a CPU instance"),
      })
      .prefault({}),
    api: ApiSettings.prefault({}),
    alarms: z
      .strictObject({
        email: z.email().nullable().default(null).describe("who is told; null subscribes nobody"),
        monthlyBudget: z
          .number()
          .min(1)
          .nullable()
          .default(300)
          .describe(
            "US dollars a month, at 80 % of which the budget alarm rings; null makes none, as where AWS has no budgets",
          ),
        p95Milliseconds: z.int().min(100).default(5000).describe("answer time that 95 % of calls should stay under"),
        faultShare: z.number().gt(0).lt(1).default(0.02).describe("share of calls that may end in a fault of ours"),
        queueMinutes: z.int().min(1).default(60).describe("minutes that a job may wait for a machine"),
        prevalenceFactor: z
          .number()
          .gt(1)
          .default(3)
          .describe("how far the share of positive answers may stray from the training prevalence, either way"),
      })
      .prefault({}),
    account: AccountSettings,
  })
  .refine(({ name, api }) => api.access === "iam" || !/aws|amazon|cognito/.test(name), {
    path: ["name"],
    message: "the log-in's address holds it, where Cognito takes no aws, amazon or cognito; expected another name",
  });
export type Stage = z.infer<typeof Stage>;

/** @throws InputError `stage` naming each setting that is wrong or unknown */
export function parseStage(input: z.input<typeof Stage>): Stage {
  const parsed = Stage.safeParse(input);
  if (parsed.success) return parsed.data;
  const faults = tellIssues(parsed.error, "it", "no such setting");
  throw new InputError("stage", `stage ${input.name}: ${faults}`, { cause: parsed.error });
}
