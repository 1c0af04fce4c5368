import { Duration } from "aws-cdk-lib";
import {
  AllocationStrategy,
  EcsMachineImageType,
  JobQueue,
  JobStateTimeLimitActionsAction,
  JobStateTimeLimitActionsReason,
  ManagedEc2EcsComputeEnvironment,
} from "aws-cdk-lib/aws-batch";
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  InstanceType,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  MultipartBody,
  MultipartUserData,
  UserData,
} from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { Queue } from "../workflow/jobs.ts";
import type { LogKeeping } from "./logs.ts";
import { type JobNetwork, jobNetwork } from "./network.ts";

/** A checkpoint needs longer than the agent's 30 s; a Spot instance has two minutes. */
const AGENT_SETTINGS = ["ECS_CONTAINER_STOP_TIMEOUT=100s", "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true"];

/** How long a job may wait for what will not come before it fails with the reason. */
const PATIENCE: readonly (readonly [JobStateTimeLimitActionsReason, Duration])[] = [
  [JobStateTimeLimitActionsReason.INSUFFICIENT_INSTANCE_CAPACITY, Duration.hours(6)],
  [JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE, Duration.minutes(20)],
  [JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT, Duration.minutes(20)],
];

interface Machines {
  readonly instances: readonly string[];
  readonly maxVcpus: number;
  readonly diskGiB: number;
  readonly imageType: EcsMachineImageType;
}

/** Where jobs run: Spot first, on-demand where there is no Spot; nothing costs while nothing runs. */
export class Compute extends Construct {
  readonly queues: Readonly<Record<Queue, JobQueue>>;
  readonly #network: JobNetwork;

  constructor(scope: Construct, id: string, keeping: LogKeeping) {
    super(scope, id);
    const { stage } = keeping;
    this.#network = jobNetwork(this, "Network", keeping);
    this.queues = {
      cpuQueue: this.#queue("Cpu", { ...stage.cpu, imageType: EcsMachineImageType.ECS_AL2023 }),
      gpuQueue: this.#queue("Gpu", { ...stage.gpu, imageType: EcsMachineImageType.ECS_AL2023_NVIDIA }),
    };
  }

  #template(id: string, diskGiB: number): LaunchTemplate {
    const settings = UserData.forLinux();
    for (const setting of AGENT_SETTINGS) settings.addCommands(`echo ${setting} >> /etc/ecs/ecs.config`);
    const userData = new MultipartUserData();
    userData.addPart(MultipartBody.fromUserData(settings, 'text/cloud-boothook; charset="us-ascii"'));
    return new LaunchTemplate(this, id, {
      userData,
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: "/dev/xvda",
          volume: BlockDeviceVolume.ebs(diskGiB, { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
  }

  #queue(name: string, machines: Machines): JobQueue {
    const launchTemplate = this.#template(`${name}Instance`, machines.diskGiB);
    const { vpc, subnetType, securityGroup } = this.#network;
    const environment = (id: string, spot: boolean) =>
      new ManagedEc2EcsComputeEnvironment(this, id, {
        vpc,
        vpcSubnets: { subnetType },
        securityGroups: [securityGroup],
        launchTemplate,
        instanceTypes: machines.instances.map((type) => new InstanceType(type)),
        useOptimalInstanceClasses: false,
        images: [{ imageType: machines.imageType }],
        spot,
        allocationStrategy: spot
          ? AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
          : AllocationStrategy.BEST_FIT_PROGRESSIVE,
        minvCpus: 0,
        maxvCpus: machines.maxVcpus,
        updateToLatestImageVersion: true,
      });
    return new JobQueue(this, `${name}Queue`, {
      computeEnvironments: [
        { computeEnvironment: environment(`${name}Spot`, true), order: 1 },
        { computeEnvironment: environment(`${name}OnDemand`, false), order: 2 },
      ],
      jobStateTimeLimitActions: PATIENCE.map(([reason, maxTime]) => ({
        reason,
        maxTime,
        action: JobStateTimeLimitActionsAction.CANCEL,
      })),
    });
  }
}
