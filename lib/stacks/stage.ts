import * as z from "zod";

/** EC2 instance types whose memory holds the jobs of lib/workflow/jobs.ts. */
const InstanceTypes = z.array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9]+$/, "expected an instance type")).min(1);

/** One deployment, as plain data: bin/cdk.ts holds the stages. */
export const Stage = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,20}$/),
  /** Whether buckets and their films outlive the stack. */
  keepData: z.boolean().default(true),
  /** Preset that a run of newly arrived films uses. */
  preset: z.string().default("smoke"),
  cpu: z
    .strictObject({
      instances: InstanceTypes.default(["m6i.2xlarge", "c6i.2xlarge", "m7i.2xlarge"]),
      maxVcpus: z.int().min(8).default(256),
    })
    .prefault({}),
  gpu: z
    .strictObject({
      instances: InstanceTypes.default(["g4dn.xlarge", "g5.xlarge", "g6.xlarge"]),
      maxVcpus: z.int().min(4).default(32),
    })
    .prefault({}),
  api: z
    .strictObject({
      /** `iam`: callers sign their requests; `open`: anybody may call, for a stage behind something else. */
      access: z.enum(["iam", "open"]).default("iam"),
      memoryMiB: z.int().min(1024).max(10_240).default(3008),
      requestsPerSecond: z.int().min(1).default(10),
    })
    .prefault({}),
});
export type Stage = z.infer<typeof Stage>;
