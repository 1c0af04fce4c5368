import { Stack } from "aws-cdk-lib";
import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type ISecurityGroup,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { AnyPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { ENDPOINT_ZONES, JOB_ENDPOINTS } from "../contracts/deployment.ts";
import { type LogKeeping, logGroup } from "./logs.ts";
import type { ExistingNetwork, MadeNetwork } from "./network-settings.ts";
import { BUCKET_ACTIONS, type Buckets, jobBuckets, OBJECT_ACTIONS } from "./room-access.ts";

interface Plan {
  readonly subnets: readonly { readonly name: string; readonly subnetType: SubnetType }[];
  readonly jobs: SubnetType;
  readonly natGateways: number;
  /** Services that are reached through a door of their own. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** The three ways out; docs/costs.md has what each costs while nothing runs. */
const PLANS: Readonly<Record<MadeNetwork, Plan>> = {
  public: {
    subnets: [{ name: "jobs", subnetType: SubnetType.PUBLIC }],
    jobs: SubnetType.PUBLIC,
    natGateways: 0,
    endpoints: {},
  },
  nat: {
    subnets: [
      { name: "way-out", subnetType: SubnetType.PUBLIC },
      { name: "jobs", subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    ],
    jobs: SubnetType.PRIVATE_WITH_EGRESS,
    natGateways: 1,
    endpoints: {},
  },
  endpoints: {
    subnets: [{ name: "jobs", subnetType: SubnetType.PRIVATE_ISOLATED }],
    jobs: SubnetType.PRIVATE_ISOLATED,
    natGateways: 0,
    endpoints: JOB_ENDPOINTS,
  },
};

/** Zones of the largest region, for which addresses are set aside: a zone more moves no subnet of the others. */
const MOST_ZONES = 6;

/** Bits of the network's addresses that number its subnets: two for each zone at most. */
const SUBNET_BITS = 4;

export interface JobNetwork {
  readonly vpc: IVpc;
  readonly vpcSubnets: SubnetSelection;
  readonly securityGroups: readonly ISecurityGroup[];
}

export interface NetworkProps extends LogKeeping {
  readonly buckets: Buckets;
}

/** Where jobs run; nothing outside can reach in. */
export function jobNetwork(scope: Construct, id: string, props: NetworkProps): JobNetwork {
  const { network } = props.stage;
  return typeof network === "string" ? made(scope, id, network, props) : existing(scope, id, network);
}

/** A network that is there already, by its names alone: nothing is looked up, and nothing in it is changed. */
function existing(scope: Construct, id: string, { vpcId, subnetIds, securityGroupIds }: ExistingNetwork): JobNetwork {
  const vpc = Vpc.fromVpcAttributes(scope, id, {
    vpcId,
    isolatedSubnetIds: [...subnetIds],
    // Asked for, one a subnet, and used nowhere here.
    availabilityZones: subnetIds.map((_, index) => `zone ${index}`),
  });
  return {
    vpc,
    vpcSubnets: { subnets: vpc.isolatedSubnets },
    securityGroups: securityGroupIds.map((group, index) =>
      SecurityGroup.fromSecurityGroupId(scope, `${id}Group${index}`, group, { mutable: false }),
    ),
  };
}

/** One of our own, in every zone. Objects take S3's own door, which costs nothing. */
function made(scope: Construct, id: string, network: MadeNetwork, { buckets, ...keeping }: NetworkProps): JobNetwork {
  const plan = PLANS[network];
  const { cidr, zones } = keeping.stage.vpc;
  const availabilityZones = zones ?? Stack.of(scope).availabilityZones;
  const cidrMask = Number(cidr.split("/")[1]) + SUBNET_BITS;
  const made = new Vpc(scope, id, {
    ipAddresses: IpAddresses.cidr(cidr),
    availabilityZones: [...availabilityZones],
    reservedAzs: Math.max(0, MOST_ZONES - availabilityZones.length),
    natGateways: plan.natGateways,
    subnetConfiguration: plan.subnets.map((subnet) => ({ ...subnet, cidrMask })),
    restrictDefaultSecurityGroup: false,
  });
  const vpc = made as IVpc;
  made.addFlowLog("Flow", {
    destination: FlowLogDestination.toCloudWatchLogs(logGroup(scope, "FlowLog", { ...keeping, writer: "network" })),
    trafficType: FlowLogTrafficType.REJECT,
  });
  const objects = made.addGatewayEndpoint("Objects", { service: GatewayVpcEndpointAwsService.S3 });
  for (const statement of throughTheDoor(scope, buckets)) objects.addToPolicy(statement);
  const securityGroup = new SecurityGroup(scope, "Jobs", {
    vpc,
    description: "Hilum jobs: nothing inwards, TLS outwards",
    allowAllOutbound: false,
  });
  securityGroup.addEgressRule(Peer.anyIpv4(), Port.tcp(443), "images, objects and logs, over TLS");
  const services = Object.entries(plan.endpoints);
  if (services.length > 0) {
    const doors = new SecurityGroup(scope, "Doors", {
      vpc,
      description: "Hilum endpoints: TLS from the jobs",
      allowAllOutbound: false,
    });
    doors.addIngressRule(securityGroup, Port.tcp(443), "jobs");
    const { subnets } = made.selectSubnets({ subnetType: plan.jobs });
    for (const [name, service] of services) {
      made.addInterfaceEndpoint(name, {
        service: new InterfaceVpcEndpointAwsService(service),
        subnets: { subnets: subnets.slice(0, ENDPOINT_ZONES) },
        securityGroups: [doors],
        open: false,
      });
    }
  }
  return { vpc, vpcSubnets: { subnetType: plan.jobs }, securityGroups: [securityGroup] };
}

/** What may pass S3's door: the places that jobs reach, and the layers of images, which the registry keeps in a bucket of AWS's. */
function throughTheDoor(scope: Construct, buckets: Buckets): PolicyStatement[] {
  const { partition, region } = Stack.of(scope);
  const places = jobBuckets(buckets);
  const open = (actions: readonly string[], resources: string[]) =>
    new PolicyStatement({ principals: [new AnyPrincipal()], actions: [...actions], resources });
  return [
    open(
      OBJECT_ACTIONS,
      places.map((bucket) => bucket.arnForObjects("*")),
    ),
    open(
      BUCKET_ACTIONS,
      places.map(({ bucketArn }) => bucketArn),
    ),
    open(["s3:GetObject"], [`arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`]),
  ];
}
