import { Duration, Size } from "aws-cdk-lib";
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
  GatewayVpcEndpointAwsService,
  InstanceType,
  IpAddresses,
  type IVpc,
  LaunchTemplate,
  LaunchTemplateHttpTokens,
  MultipartBody,
  MultipartUserData,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  UserData,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { Construct } from "constructs";
import type { Queue } from "../workflow/jobs.ts";
import type { Stage } from "./stage.ts";

/** Room for images (the GPU one has CUDA in it) and for what a job keeps on disk. */
const DISK = Size.gibibytes(100);

/** A checkpoint needs longer than the agent's 30 s; a Spot instance has two minutes. */
const AGENT_SETTINGS = ["ECS_CONTAINER_STOP_TIMEOUT=100s", "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true"];

/** How long a job may wait for what will not come before it fails with the reason. */
const CAPACITY_PATIENCE = Duration.hours(6);
const MISCONFIGURATION_PATIENCE = Duration.minutes(20);

interface Machines {
  readonly instances: readonly string[];
  readonly maxVcpus: number;
  readonly imageType: EcsMachineImageType;
}

/** Where jobs run: Spot first, on-demand where there is no Spot; nothing costs while nothing runs. */
export class Compute extends Construct {
  readonly queues: Readonly<Record<Queue, JobQueue>>;
  readonly #vpc: IVpc;
  readonly #securityGroup: SecurityGroup;
  readonly #launchTemplate: LaunchTemplate;

  constructor(scope: Construct, id: string, stage: Stage) {
    super(scope, id);
    this.#vpc = this.#network() as IVpc;
    this.#securityGroup = new SecurityGroup(this, "Jobs", { vpc: this.#vpc, allowAllOutbound: false });
    this.#securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "images, objects and logs, over TLS");
    this.#launchTemplate = this.#template();
    this.queues = {
      cpuQueue: this.#queue("Cpu", { ...stage.cpu, imageType: EcsMachineImageType.ECS_AL2023 }),
      gpuQueue: this.#queue("Gpu", { ...stage.gpu, imageType: EcsMachineImageType.ECS_AL2023_NVIDIA }),
    };
  }

  /** Public subnets that nothing can reach into: no gateway to pay for while nothing runs. Objects take S3's own door. */
  #network(): Vpc {
    const vpc = new Vpc(this, "Network", {
      ipAddresses: IpAddresses.cidr("10.0.0.0/16"),
      maxAzs: 3,
      natGateways: 0,
      subnetConfiguration: [{ name: "jobs", subnetType: SubnetType.PUBLIC }],
      restrictDefaultSecurityGroup: false,
    });
    vpc.addGatewayEndpoint("Objects", { service: GatewayVpcEndpointAwsService.S3 });
    return vpc;
  }

  #template(): LaunchTemplate {
    const settings = UserData.forLinux();
    for (const setting of AGENT_SETTINGS) settings.addCommands(`echo ${setting} >> /etc/ecs/ecs.config`);
    const userData = new MultipartUserData();
    userData.addPart(MultipartBody.fromUserData(settings, 'text/cloud-boothook; charset="us-ascii"'));
    return new LaunchTemplate(this, "Instance", {
      userData,
      httpTokens: LaunchTemplateHttpTokens.REQUIRED,
      httpPutResponseHopLimit: 1,
      blockDevices: [
        {
          deviceName: "/dev/xvda",
          volume: BlockDeviceVolume.ebs(DISK.toGibibytes(), { encrypted: true, volumeType: EbsDeviceVolumeType.GP3 }),
        },
      ],
    });
  }

  #environment(id: string, machines: Machines, spot: boolean): ManagedEc2EcsComputeEnvironment {
    return new ManagedEc2EcsComputeEnvironment(this, id, {
      vpc: this.#vpc,
      vpcSubnets: { subnetType: SubnetType.PUBLIC },
      securityGroups: [this.#securityGroup],
      launchTemplate: this.#launchTemplate,
      instanceTypes: machines.instances.map((name) => new InstanceType(name)),
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
  }

  #queue(name: string, machines: Machines): JobQueue {
    const patience = (reason: JobStateTimeLimitActionsReason, maxTime: Duration) => ({
      reason,
      maxTime,
      action: JobStateTimeLimitActionsAction.CANCEL,
    });
    return new JobQueue(this, `${name}Queue`, {
      computeEnvironments: [
        { computeEnvironment: this.#environment(`${name}Spot`, machines, true), order: 1 },
        { computeEnvironment: this.#environment(`${name}OnDemand`, machines, false), order: 2 },
      ],
      jobStateTimeLimitActions: [
        patience(JobStateTimeLimitActionsReason.INSUFFICIENT_INSTANCE_CAPACITY, CAPACITY_PATIENCE),
        patience(JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE, MISCONFIGURATION_PATIENCE),
        patience(JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT, MISCONFIGURATION_PATIENCE),
      ],
    });
  }
}
