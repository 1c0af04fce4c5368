import {
  FlowLogDestination,
  FlowLogTrafficType,
  GatewayVpcEndpointAwsService,
  InterfaceVpcEndpointAwsService,
  IpAddresses,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import type { Construct } from "constructs";
import { JOB_ENDPOINTS } from "../contracts/deployment.ts";
import { type LogKeeping, logGroup } from "./logs.ts";
import type { Network } from "./stage.ts";

interface Plan {
  readonly subnets: readonly { readonly name: string; readonly subnetType: SubnetType }[];
  readonly jobs: SubnetType;
  readonly natGateways: number;
  /** Services that are reached through a door of their own. */
  readonly endpoints: Readonly<Record<string, string>>;
}

/** The three ways out; docs/costs.md has what each costs while nothing runs. */
const PLANS: Readonly<Record<Network, Plan>> = {
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

export interface JobNetwork {
  readonly vpc: IVpc;
  readonly subnetType: SubnetType;
  readonly securityGroup: SecurityGroup;
}

/** The network of the jobs; nothing outside can reach in. Objects take S3's own door, which costs nothing. */
export function jobNetwork(scope: Construct, id: string, keeping: LogKeeping): JobNetwork {
  const plan = PLANS[keeping.stage.network];
  const made = new Vpc(scope, id, {
    ipAddresses: IpAddresses.cidr("10.0.0.0/16"),
    maxAzs: 2,
    natGateways: plan.natGateways,
    subnetConfiguration: plan.subnets.map((subnet) => ({ ...subnet })),
    restrictDefaultSecurityGroup: false,
  });
  const vpc = made as IVpc;
  made.addFlowLog("Flow", {
    destination: FlowLogDestination.toCloudWatchLogs(logGroup(scope, "FlowLog", { ...keeping, writer: "network" })),
    trafficType: FlowLogTrafficType.REJECT,
  });
  made.addGatewayEndpoint("Objects", { service: GatewayVpcEndpointAwsService.S3 });
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
    for (const [name, service] of services) {
      made.addInterfaceEndpoint(name, {
        service: new InterfaceVpcEndpointAwsService(service),
        securityGroups: [doors],
        open: false,
      });
    }
  }
  return { vpc, subnetType: plan.jobs, securityGroup };
}
