import { type _InstanceType, DescribeInstanceTypesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { bad, doubtful, type Finding, good } from "../../contracts/finding.ts";
import { ANY_X86, ANY_X86_FAMILIES } from "../../contracts/instances.ts";
import { JOBS, type Queue } from "../../workflow/jobs.ts";
import { ask } from "../ask.ts";
import type { Check } from "./looked.ts";
import { type Quota, quotaValue, raise } from "./quota.ts";

/** Quotas of EC2 in cores: those of the G and VT families, and of the standard ones (A, C, D, H, I, M, R, T, Z). */
const QUOTAS = {
  gpu: { queue: "gpuQueue", onDemand: "L-DB2E81BA", spot: "L-3819A6DF" },
  cpu: { queue: "cpuQueue", onDemand: "L-1216C47A", spot: "L-34B43A08" },
} as const satisfies Record<string, { queue: Queue; onDemand: string; spot: string }>;
type Family = keyof typeof QUOTAS;

const ec2 = (code: string): Quota => ({ service: "ec2", code });

/** Those of the types, or of the families that Batch chooses from, that the region has, with their cores, smallest first. */
async function offered(types: readonly string[]): Promise<{ readonly type: string; readonly cores: number }[]> {
  const patterns = types.flatMap((type) => (type === ANY_X86 ? ANY_X86_FAMILIES.map((family) => `${family}.*`) : type));
  const filter = { Name: "instance-type", Values: patterns };
  const { InstanceTypes = [] } = await ask("instance types", () =>
    new EC2Client().send(new DescribeInstanceTypesCommand({ Filters: [filter] })),
  );
  return InstanceTypes.map(({ InstanceType, VCpuInfo }) => ({
    type: InstanceType as _InstanceType,
    cores: VCpuInfo?.DefaultVCpus ?? 0,
  })).sort((a, b) => a.cores - b.cores);
}

/** Cores that the account may run at a time against what the largest job of a queue takes. */
export const quotaCheck =
  (family: Family): Check =>
  async ({ instances, region }): Promise<Finding> => {
    const { queue, ...codes } = QUOTAS[family];
    const most = Math.max(...Object.values(JOBS).flatMap((job) => (job.queue === queue ? [job.vcpus] : [])));
    const all = await offered(instances[family]);
    const smallest = all.find(({ cores }) => cores >= most);
    if (smallest === undefined) {
      const found = `${region} has none of ${instances[family].join(", ")} that holds a job of ${most} cores`;
      return bad(found, `Name types in bin/stages.ts (${family}.instances), or another region with AWS_REGION.`);
    }
    const cores = { onDemand: await quotaValue(ec2(codes.onDemand)), spot: await quotaValue(ec2(codes.spot)) };
    const found = `on demand ${cores.onDemand}, Spot ${cores.spot} cores; ${smallest.type} takes ${smallest.cores}`;
    const lacking = (["onDemand", "spot"] as const).filter((kind) => cores[kind] < smallest.cores);
    if (lacking.length === 0) return good(found);
    const mend = lacking.map((kind) => raise(ec2(codes[kind]), smallest.cores, region)).join("\n");
    return lacking.length === 2 ? bad(found, mend) : doubtful(found, mend);
  };
