import { Duration, Size, Stack } from "aws-cdk-lib";
import { type CfnJobDefinition, EcsEc2ContainerDefinition, EcsJobDefinition, EcsVolume } from "aws-cdk-lib/aws-batch";
import { DockerImageAsset } from "aws-cdk-lib/aws-ecr-assets";
import { ContainerImage, LogDriver } from "aws-cdk-lib/aws-ecs";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { jobDefinitionName } from "../contracts/deployment.ts";
import { STEP_WRITES } from "../contracts/writers.ts";
import { STEP_ACCESS } from "../workflow/access.ts";
import { JOBS, type JobStep } from "../workflow/jobs.ts";
import { GPU_ENVIRONMENT, roomsEnvironment } from "./environment.ts";
import { image } from "./image.ts";
import { logGroup } from "./logs.ts";
import { type Buckets, grantAccess } from "./room-access.ts";
import type { Stage } from "./stage.ts";

/** User `node` of the images. */
const USER = "1000";

/** The one place that a job may write to, on the instance's encrypted disk; it goes with the job. */
const SCRATCH = "/tmp";

/** The job definition of a step, from the same data that the local runner honours. */
export function stepJob(scope: Construct, step: JobStep, stage: Stage, buckets: Buckets): EcsJobDefinition {
  const job = JOBS[step];
  const jobRole = new Role(scope, `${step}Role`, { assumedBy: new ServicePrincipal("ecs-tasks.amazonaws.com") });
  grantAccess(jobRole, buckets, STEP_ACCESS[step], STEP_WRITES[step]);
  const container = new EcsEc2ContainerDefinition(scope, `${step}Container`, {
    image: ContainerImage.fromDockerImageAsset(
      new DockerImageAsset(scope, `${step}Image`, image(`containers/${job.container}`, stage)),
    ),
    cpu: job.vcpus,
    memory: Size.mebibytes(job.memoryMiB),
    ...(job.gpus > 0 && { gpu: job.gpus }),
    environment: {
      ...roomsEnvironment(buckets),
      // The agent of an EC2 instance does not tell its containers the region.
      AWS_REGION: Stack.of(scope).region,
      ...(job.gpus > 0 && GPU_ENVIRONMENT),
    },
    user: USER,
    readonlyRootFilesystem: true,
    volumes: [EcsVolume.host({ name: "scratch", containerPath: SCRATCH })],
    jobRole,
    logging: LogDriver.awsLogs({
      streamPrefix: step,
      logGroup: logGroup(scope, `${step}Log`, { stage, key: buckets.key, writer: step }),
    }),
  });
  const definition = new EcsJobDefinition(scope, `${step}Job`, {
    jobDefinitionName: jobDefinitionName(stage.name, step),
    container,
    retryAttempts: job.attempts,
    timeout: Duration.seconds(job.timeoutSeconds),
    propagateTags: true,
    // Runs under way, and redrives of those that failed, submit the revision that they began with.
    skipDeregisterOnUpdate: true,
  });
  const resource = definition.node.defaultChild as CfnJobDefinition;
  resource.retryStrategy = { attempts: job.attempts, evaluateOnExit: job.evaluateOnExit.map((rule) => ({ ...rule })) };
  return definition;
}
