import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type Route,
} from "@aws-sdk/client-ec2";
import { JOB_ENDPOINTS } from "../../contracts/deployment.ts";
import { bad, good } from "../../contracts/finding.ts";
import { ask } from "../ask.ts";
import { deployCommand } from "../stacks.ts";
import type { Check, Subject } from "./looked.ts";
import { environmentsOf } from "./queues.ts";

const ANYWHERE = "0.0.0.0/0";

interface WaysOut {
  readonly routes: readonly Route[];
  /** Services with an endpoint that is available. */
  readonly doors: ReadonlySet<string>;
}

const leadsOut = (routes: readonly Route[], start: "igw-" | "nat-"): boolean =>
  routes.some(
    ({ DestinationCidrBlock, GatewayId, NatGatewayId, State }) =>
      DestinationCidrBlock === ANYWHERE && State === "active" && (GatewayId ?? NatGatewayId ?? "").startsWith(start),
  );

/** What each network lacks, where it lacks something. */
const LACKS: Readonly<Record<Subject["network"], (ways: WaysOut) => string[]>> = {
  public: ({ routes }) => (leadsOut(routes, "igw-") ? [] : ["a route to an internet gateway"]),
  nat: ({ routes }) => (leadsOut(routes, "nat-") ? [] : ["a route to a NAT gateway"]),
  endpoints: ({ doors }) =>
    Object.values(JOB_ENDPOINTS).flatMap((service) => (doors.has(service) ? [] : [`the endpoint ${service}`])),
};

/** Whether jobs reach what they need: the subnets they run in, and the ways out of them. */
export const networkCheck: Check = async (looked) => {
  const { stage, network, region } = looked;
  const client = new EC2Client();
  const environments = await environmentsOf(looked);
  const SubnetIds = [...new Set(environments.flatMap(({ computeResources }) => computeResources?.subnets ?? []))];
  if (SubnetIds.length === 0) return bad("jobs have no subnet", deployCommand(stage));
  return ask("network", async () => {
    const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({ SubnetIds }));
    const within = [{ Name: "vpc-id", Values: [...new Set(Subnets.flatMap(({ VpcId }) => VpcId ?? []))] }];
    const around = [{ Name: "association.subnet-id", Values: SubnetIds }];
    const { RouteTables = [] } = await client.send(new DescribeRouteTablesCommand({ Filters: around }));
    const { VpcEndpoints = [] } = await client.send(new DescribeVpcEndpointsCommand({ Filters: within }));
    const doors = new Set(
      VpcEndpoints.filter(({ State }) => State?.toLowerCase() === "available").map(({ ServiceName = "" }) =>
        ServiceName.replace(`com.amazonaws.${region}.`, ""),
      ),
    );
    const lacking = [
      ...(doors.has("s3") ? [] : ["the endpoint s3"]),
      ...RouteTables.flatMap(({ Routes = [] }) => LACKS[network]({ routes: Routes, doors })),
    ];
    if (lacking.length > 0) return bad(`lacks ${[...new Set(lacking)].join(", ")}`, deployCommand(stage));
    const zones = new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone));
    return good(`${network}, ${Subnets.length} subnets in ${zones.size} zones, every way out open`);
  });
};
