import { readFileSync } from "node:fs";
import { Duration } from "aws-cdk-lib";
import {
  AllocationStrategy,
  type CfnComputeEnvironment,
  DefaultInstanceClass,
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
import { ANY_X86 } from "../contracts/instances.ts";
import type { Queue } from "../workflow/jobs.ts";
import { type JobNetwork, jobNetwork, type NetworkProps } from "./network.ts";
import type { Stage } from "./stage.ts";

const BOOT_HOOK = readFileSync(new URL("boot-hook.sh", import.meta.url), "utf8");

/**
 * How long jobs under way keep their instances when an update replaces those; the most that Batch takes. A training
 * that takes longer is tried again on a new one and goes on from its checkpoint (EXIT_RULES).
 */
const UPDATE_PATIENCE = Duration.hours(6);

/**
 * How long a job may wait for what Batch knows will not come before it fails with the reason. What Batch can't tell, such as
 * a quota, is ended by functions/watch.
 */
const patience = ({ queueHours }: Stage): readonly (readonly [JobStateTimeLimitActionsReason, Duration])[] => [
  [JobStateTimeLimitActionsReason.INSUFFICIENT_INSTANCE_CAPACITY, Duration.hours(queueHours)],
  [JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE, Duration.minutes(20)],
  [JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT, Duration.minutes(20)],
];

interface Machines {
  readonly instances: readonly string[];
  readonly maxVcpus: number;
  readonly diskGiB: number;
  readonly imageType: EcsMachineImageType;
}

/** Types by name, or Batch's own choice among the families that the region has. */
const instanceTypes = (names: readonly string[]) => ({
  defaultInstanceClasses: names.filter((name) => name === ANY_X86).map(() => DefaultInstanceClass.X86_64),
  instanceTypes: names.filter((name) => name !== ANY_X86).map((name) => new InstanceType(name)),
  // Otherwise families are added to those that are named, which not every region has.
  ...(!names.includes(ANY_X86) && { useOptimalInstanceClasses: false }),
});

/** Where jobs run: Spot first, on-demand where there is no Spot; nothing costs while nothing runs. */
export class Compute extends Construct {
  readonly queues: Readonly<Record<Queue, JobQueue>>;
  readonly #network: JobNetwork;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    const { stage } = props;
    this.#network = jobNetwork(this, "Vpc", props);
    this.queues = {
      cpuQueue: this.#queue("Cpu", stage, { ...stage.cpu, imageType: EcsMachineImageType.ECS_AL2023 }),
      gpuQueue: this.#queue("Gpu", stage, { ...stage.gpu, imageType: EcsMachineImageType.ECS_AL2023_NVIDIA }),
    };
  }

  #template(id: string, diskGiB: number): LaunchTemplate {
    const userData = new MultipartUserData();
    userData.addPart(MultipartBody.fromUserData(UserData.custom(BOOT_HOOK), 'text/cloud-boothook; charset="us-ascii"'));
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

  #queue(name: string, stage: Stage, machines: Machines): JobQueue {
    const launchTemplate = this.#template(`${name}Instance`, machines.diskGiB);
    const { vpc, vpcSubnets, securityGroups } = this.#network;
    const environment = (id: string, spot: boolean) => {
      const made = new ManagedEc2EcsComputeEnvironment(this, id, {
        vpc,
        vpcSubnets,
        securityGroups: [...securityGroups],
        launchTemplate,
        ...instanceTypes(machines.instances),
        images: [{ imageType: machines.imageType }],
        spot,
        allocationStrategy: spot
          ? AllocationStrategy.SPOT_PRICE_CAPACITY_OPTIMIZED
          : AllocationStrategy.BEST_FIT_PROGRESSIVE,
        minvCpus: 0,
        maxvCpus: machines.maxVcpus,
        updateToLatestImageVersion: true,
        terminateOnUpdate: false,
        updateTimeout: UPDATE_PATIENCE,
      });
      // Without a number Batch keeps the template's first version, which CloudFormation leaves as the default.
      (made.node.defaultChild as CfnComputeEnvironment).addPropertyOverride(
        "ComputeResources.LaunchTemplate.Version",
        launchTemplate.latestVersionNumber,
      );
      return made;
    };
    return new JobQueue(this, `${name}Queue`, {
      computeEnvironments: [
        { computeEnvironment: environment(`${name}Spot`, true), order: 1 },
        { computeEnvironment: environment(`${name}OnDemand`, false), order: 2 },
      ],
      jobStateTimeLimitActions: patience(stage).map(([reason, maxTime]) => ({
        reason,
        maxTime,
        action: JobStateTimeLimitActionsAction.CANCEL,
      })),
    });
  }
}
