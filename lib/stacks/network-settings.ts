import * as z from "zod";
import { each } from "./setting-kinds.ts";

const MADE_NETWORKS = ["public", "nat", "endpoints"] as const;
export type MadeNetwork = (typeof MADE_NETWORKS)[number];

/** A name as EC2 gives it. */
const ec2Id = (kind: "vpc" | "subnet" | "sg") =>
  z.string().regex(new RegExp(`^${kind}-[0-9a-f]{8,17}$`), `expected a name like ${kind}-0123456789abcdef0`);

const ExistingNetwork = z.strictObject({
  vpcId: ec2Id("vpc"),
  /** One a zone is enough; Batch takes 16 at most. */
  subnetIds: each(ec2Id("subnet")).min(1).max(16),
  securityGroupIds: each(ec2Id("sg")).min(1).max(5),
});
export type ExistingNetwork = z.infer<typeof ExistingNetwork>;

const Zone = z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "expected an availability zone, like eu-west-1a");

/** Subnets take four bits more, and AWS none smaller than /28. */
const Cidr = z
  .cidrv4("expected addresses like 10.0.0.0/16")
  .refine((cidr) => /\/(1[6-9]|2[0-4])$/.test(cidr), "expected a network between /16 and /24");

/** Where jobs run. */
export const NetworkSetting = z
  .union([z.enum(MADE_NETWORKS), ExistingNetwork], {
    error: `expected ${MADE_NETWORKS.join(", ")} or { vpcId, subnetIds, securityGroupIds }`,
  })
  .default("public")
  .describe(
    "how jobs reach the service: public subnets without inbound rules, a NAT gateway, or endpoints only; or a network that is there, as { vpcId, subnetIds, securityGroupIds }",
  );

/** The network that is made, where one is. */
export const VpcSettings = z
  .strictObject({
    cidr: Cidr.default("10.0.0.0/16").describe("addresses of the network that is made"),
    zones: each(Zone)
      .min(1)
      .max(6)
      .nullable()
      .default(null)
      .describe("its availability zones; null takes all that the account has"),
  })
  .prefault({});
