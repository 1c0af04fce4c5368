/** Names by which a deployed stage is found: the stacks write them, the command line and the steps look them up. */

export const STACK_PARTS = ["data", "training", "inference", "monitoring"] as const;
export type StackPart = (typeof STACK_PARTS)[number];

/** How stages are called. */
export const STAGE_NAME = /^[a-z][a-z0-9-]{0,20}$/;

export const stackName = (stage: string, part: StackPart): string => `hilum-${stage}-${part}`;

/** Name of the state machine: known before it is made, since its own last step starts what waits for it. */
export const stateMachineName = (stage: string): string => `hilum-${stage}`;

/** Name of a step's job definition: its revisions outlive each other's deployments. */
export const jobDefinitionName = (stage: string, step: string): string => `hilum-${stage}-${step}`;

/** Log group of a step or of anything else that writes. */
export const logGroupName = (stage: string, writer: string): string => `/hilum/${stage}/${writer}`;

/** Step Functions asks for this beginning, so that the account's list of log policies does not grow. */
export const machineLogGroupName = (stage: string): string => `/aws/vendedlogs/states/hilum-${stage}`;

/** Outputs of the stacks, by the names under which CloudFormation keeps them. */
export const OUTPUTS = {
  data: ["IncomingBucket", "DatasetsBucket", "RunsBucket", "ModelsBucket", "UploadsBucket", "Key"],
  training: ["StateMachine", "CpuQueue", "GpuQueue"],
  inference: ["ApiUrl", "PageUrl", "UserPool"],
  monitoring: ["Dashboard", "Alarms"],
} as const satisfies Readonly<Record<StackPart, readonly string[]>>;
export type OutputName<P extends StackPart = StackPart> = (typeof OUTPUTS)[P][number];

/** Services that an instance of Batch talks to besides S3, where no way leads out but endpoints; as their endpoints are called. */
export const JOB_ENDPOINTS = {
  ImageIndex: "ecr.api",
  Images: "ecr.dkr",
  Cluster: "ecs",
  Agent: "ecs-agent",
  Telemetry: "ecs-telemetry",
  Logs: "logs",
} as const;

/** Zones that have an endpoint; jobs of the others reach it from there. Each costs, used or not. */
export const ENDPOINT_ZONES = 2;

/**
 * What Lambda gives an account that is new in a region: memory of a function, and calls at a time, none of which can be
 * reserved or kept warm. It grows with use or on request (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
export const NEW_ACCOUNT = { memoryMiB: 3008, concurrency: 10 } as const;

/** What `cdk bootstrap` calls its resources by, unless it is told another. */
export const BOOTSTRAP_QUALIFIER = "hnb659fds";

/** Where the bootstrap keeps its version. */
export const bootstrapVersionParameter = (qualifier: string): string => `/cdk-bootstrap/${qualifier}/version`;
