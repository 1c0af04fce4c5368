import { createHash } from "node:crypto";
import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import {
  BatchClient,
  DescribeComputeEnvironmentsCommand,
  DescribeJobDefinitionsCommand,
  DescribeJobQueuesCommand,
} from "@aws-sdk/client-batch";
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from "@aws-sdk/client-cloudformation";
import {
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
} from "@aws-sdk/client-lambda";
import { GetServiceQuotaCommand, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { ListSubscriptionsByTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { mockClient } from "aws-sdk-client-mock";
import { JOB_ENDPOINTS, OUTPUTS, type StackPart, stackName } from "../../../lib/contracts/deployment.ts";
import { JOB_STEPS } from "../../../lib/workflow/jobs.ts";

export const ACCOUNT = "111122223333";
export const REGION = "us-east-1";
const ARN = `${REGION}:${ACCOUNT}`;

export const stackMissing = (name: string): Error =>
  Object.assign(new Error(`Stack with id ${name} does not exist`), { name: "ValidationError" });

/** Outputs of a deployed stage; buckets by the names that the test's S3 server gives them. */
export const outputsOf = (part: StackPart, stage: string): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(OUTPUTS[part].map((name) => [name, `${stage}-${name.toLowerCase()}`])),
  ...(part === "training" && { StateMachine: `arn:aws:states:${ARN}:stateMachine:hilum-${stage}` }),
});

const imageUri = (which: string): string => `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/cdk-hnb659fds-assets${which}`;

export const digestOf = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;

/** An account with a whole deployment of a stage, over endpoints: every answer as AWS words it. */
export function mockAccount(stage: string) {
  const sts = mockClient(STSClient);
  const ssm = mockClient(SSMClient);
  const quotas = mockClient(ServiceQuotasClient);
  const ec2 = mockClient(EC2Client);
  const stacks = mockClient(CloudFormationClient);
  const batch = mockClient(BatchClient);
  const lambda = mockClient(LambdaClient);
  const registry = mockClient(ECRClient);
  const topics = mockClient(SNSClient);
  const gateway = mockClient(APIGatewayClient);

  sts.on(GetCallerIdentityCommand).resolves({ Account: ACCOUNT, Arn: `arn:aws:iam::${ACCOUNT}:user/platform` });
  ssm.on(GetParameterCommand).resolves({ Parameter: { Value: "ami-0123456789abcdef0" } });
  ssm.on(GetParameterCommand, { Name: "/cdk-bootstrap/hnb659fds/version" }).resolves({ Parameter: { Value: "28" } });
  quotas.on(GetServiceQuotaCommand).resolves({ Quota: { Value: 64 } });
  ec2.on(DescribeInstanceTypesCommand).resolves({
    InstanceTypes: [
      { InstanceType: "m6i.2xlarge", VCpuInfo: { DefaultVCpus: 8 } },
      { InstanceType: "g5.xlarge", VCpuInfo: { DefaultVCpus: 4 } },
    ],
  });
  ec2.on(DescribeInstanceTypeOfferingsCommand).resolves({
    InstanceTypeOfferings: ["m6i.2xlarge", "g5.xlarge"].flatMap((InstanceType) =>
      ["a", "b", "d"].map((zone) => ({ InstanceType: InstanceType as never, Location: `${REGION}${zone}` })),
    ),
  });
  ec2.on(DescribeLaunchTemplatesCommand).resolves({
    LaunchTemplates: [{ LaunchTemplateId: "lt-1", LatestVersionNumber: 3 }],
  });
  ec2.on(DescribeSubnetsCommand).resolves({
    Subnets: ["a", "b"].map((zone) => ({ VpcId: "vpc-1", AvailabilityZone: `${REGION}${zone}` })),
  });
  ec2.on(DescribeRouteTablesCommand).resolves({ RouteTables: [{ Routes: [{ GatewayId: "local", State: "active" }] }] });
  ec2.on(DescribeVpcEndpointsCommand).resolves({
    VpcEndpoints: ["s3", ...Object.values(JOB_ENDPOINTS)].map((service) => ({
      ServiceName: `com.amazonaws.${REGION}.${service}`,
      State: "Available",
    })),
  });
  for (const part of ["data", "training", "inference", "monitoring"] as const) {
    const values = Object.entries(outputsOf(part, stage));
    const Outputs = values.map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
    const StackName = stackName(stage, part);
    stacks.on(DescribeStacksCommand, { StackName }).resolves({
      Stacks: [{ StackName, StackStatus: "UPDATE_COMPLETE", CreationTime: new Date(0), Outputs }],
    });
  }
  const definitions = JOB_STEPS.map((step) => `arn:aws:batch:${ARN}:job-definition/${step}:1`);
  stacks.on(ListStackResourcesCommand).resolves({
    StackResourceSummaries: definitions.map((PhysicalResourceId, index) => ({
      ResourceType: "AWS::Batch::JobDefinition",
      PhysicalResourceId,
      LogicalResourceId: `Job${index}`,
      LastUpdatedTimestamp: new Date(0),
      ResourceStatus: "CREATE_COMPLETE",
    })),
  });
  stacks.on(ListStackResourcesCommand, { StackName: stackName(stage, "inference") }).resolves({
    StackResourceSummaries: [
      {
        ...{ ResourceType: "AWS::Lambda::Function", LogicalResourceId: "ApiF70053CD", PhysicalResourceId: "api" },
        ...{ LastUpdatedTimestamp: new Date(0), ResourceStatus: "CREATE_COMPLETE" },
      },
    ],
  });
  lambda.on(GetAccountSettingsCommand).resolves({
    AccountLimit: { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 980 },
  });
  lambda.on(GetFunctionConcurrencyCommand).resolves({ ReservedConcurrentExecutions: 20 });
  lambda.on(ListProvisionedConcurrencyConfigsCommand).resolves({});
  lambda.on(GetFunctionCommand).resolves({ Code: { ResolvedImageUri: imageUri(`@${digestOf("api")}`) } });
  registry.on(DescribeImagesCommand).callsFake(({ imageIds: [{ imageTag, imageDigest }] }) => ({
    imageDetails: [{ imageDigest: imageDigest ?? digestOf(imageTag) }],
  }));
  topics.on(ListSubscriptionsByTopicCommand).resolves({
    Subscriptions: [{ SubscriptionArn: `arn:aws:sns:${ARN}:alarms:1`, Endpoint: "on-call@example.org" }],
  });
  gateway.on(GetAccountCommand).resolves({ cloudwatchRoleArn: `arn:aws:iam::${ACCOUNT}:role/hilum-prod-logs` });
  batch.on(DescribeJobDefinitionsCommand).resolves({
    jobDefinitions: JOB_STEPS.map((step) => ({
      jobDefinitionName: step,
      jobDefinitionArn: `arn:aws:batch:${ARN}:job-definition/${step}:1`,
      revision: 1,
      type: "container",
      status: "ACTIVE",
      containerProperties: { image: imageUri(`:${step}`) },
    })),
  });
  batch.on(DescribeJobQueuesCommand).resolves({
    jobQueues: ["cpu", "gpu"].map((name) => ({
      jobQueueName: name,
      jobQueueArn: `arn:aws:batch:${ARN}:job-queue/${name}`,
      state: "ENABLED",
      status: "VALID",
      priority: 1,
      computeEnvironmentOrder: [{ order: 1, computeEnvironment: `${name}-spot` }],
    })),
  });
  batch.on(DescribeComputeEnvironmentsCommand).resolves({
    computeEnvironments: ["cpu-spot", "gpu-spot"].map((name) => ({
      computeEnvironmentName: name,
      computeEnvironmentArn: `arn:aws:batch:${ARN}:compute-environment/${name}`,
      state: "ENABLED",
      status: "VALID",
      computeResources: {
        ...{ type: "SPOT", maxvCpus: 32, subnets: ["subnet-1", "subnet-2"] },
        launchTemplate: { launchTemplateId: "lt-1", version: "3" },
      },
    })),
  });
  const all = [sts, ssm, quotas, ec2, stacks, batch, lambda, registry, topics, gateway];
  const restore = () => {
    for (const client of all) client.restore();
  };
  return { sts, ssm, quotas, ec2, stacks, batch, lambda, registry, topics, gateway, restore };
}
