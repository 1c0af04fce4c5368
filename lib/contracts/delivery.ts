import * as z from "zod";
import { STAGE_NAME } from "./deployment.ts";

/** An account that a stage is delivered to from GitHub, with the stage's name for GitHub's environment. */
export const DeliveryEnvironment = z.strictObject({
  name: z.string().regex(STAGE_NAME, "expected the name of a stage"),
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "expected OWNER/NAME of the repository on GitHub"),
  account: z.string().regex(/^\d{12}$/, "expected an account's twelve digits"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "expected a region, like eu-central-1"),
  /** Whether the account knows GitHub's tokens already, which it can only once. */
  knowsGitHub: z.boolean().default(false),
});
export type DeliveryEnvironment = z.infer<typeof DeliveryEnvironment>;

/** A place of a delivery, with the qualifier of its bootstrap. */
export type Delivered = DeliveryEnvironment & { readonly qualifier: string };

export const deliveryStackName = (environment: string): string => `hilum-${environment}-delivery`;

/** Role that GitHub's jobs of an environment take. */
export const deliverRoleName = (environment: string): string => `hilum-deliver-${environment}`;

/** Role by which the next environment reads the images of one. */
export const imagesRoleName = (environment: string): string => `hilum-images-${environment}`;

/** Where the CDK's bootstrap keeps images. */
export const imageRepository = ({ qualifier, account, region }: Delivered): string =>
  `cdk-${qualifier}-container-assets-${account}-${region}`;

/** Roles of the CDK's bootstrap that a deployment works with. */
export const BOOTSTRAP_ROLES = ["deploy", "file-publishing", "image-publishing", "lookup"] as const;

export const bootstrapRoleName = (
  role: (typeof BOOTSTRAP_ROLES)[number],
  { qualifier, account, region }: Delivered,
): string => `cdk-${qualifier}-${role}-role-${account}-${region}`;

/** `aws`, or what regions of GovCloud and China belong to. */
export const partitionOf = (region: string): string =>
  region.startsWith("us-gov-") ? "aws-us-gov" : region.startsWith("cn-") ? "aws-cn" : "aws";

export const roleArn = (name: string, { account, region }: Pick<Delivered, "account" | "region">): string =>
  `arn:${partitionOf(region)}:iam::${account}:role/${name}`;
