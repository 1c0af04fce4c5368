import { GetParameterCommand, ParameterNotFound, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { BOOTSTRAP_QUALIFIER, bootstrapVersionParameter } from "../../contracts/deployment.ts";
import { bad, good } from "../../contracts/finding.ts";
import { ask } from "../ask.ts";
import type { Check } from "./looked.ts";

/** Who asks, and where. @throws InputError `aws-region`, `aws-credentials` */
export const whoAndWhere = () =>
  ask("credentials", async () => {
    const client = new STSClient();
    const region = await client.config.region();
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
    return { region, account: Account!, arn: Arn! };
  });

/** A public or own parameter of Systems Manager; undefined where there is none. */
const parameter = (Name: string): Promise<string | undefined> =>
  ask(`parameter ${Name}`, async () => {
    try {
      return (await new SSMClient().send(new GetParameterCommand({ Name }))).Parameter?.Value;
    } catch (error) {
      if (error instanceof ParameterNotFound) return undefined;
      throw error;
    }
  });

/** Version of the bootstrap stack that the CDK's templates ask for. */
const LEAST_BOOTSTRAP = 6;

export const bootstrapCheck: Check = async ({ account, region, qualifier, permissionsBoundary }) => {
  const version = await parameter(bootstrapVersionParameter(qualifier));
  const found = `${qualifier}, ${version === undefined ? "not there" : `version ${version}`}`;
  if (Number(version ?? 0) >= LEAST_BOOTSTRAP) return good(found);
  const options = [
    ...(qualifier === BOOTSTRAP_QUALIFIER
      ? []
      : [`--qualifier ${qualifier} --toolkit-stack-name CDKToolkit-${qualifier}`]),
    ...(permissionsBoundary === null
      ? []
      : [`--custom-permissions-boundary ${permissionsBoundary.replace(/^arn:.*:policy\//, "")}`]),
  ];
  return bad(found, ["npx cdk bootstrap", ...options, `aws://${account}/${region}`].join(" "));
};

const MACHINE_IMAGES = {
  cpu: "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
  gpu: "/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id",
} as const;

/** The machine image that Batch takes for ECS_AL2023 or ECS_AL2023_NVIDIA. */
export const machineImageCheck =
  (family: keyof typeof MACHINE_IMAGES): Check =>
  async ({ region }) => {
    const image = await parameter(MACHINE_IMAGES[family]);
    if (image !== undefined) return good(image);
    return bad(`${region} has none of Amazon Linux 2023 for ECS`, "Choose another region with AWS_REGION.");
  };
