import {
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type Filter,
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

/** An active route to anywhere, through a gateway of that kind, or of any, as a firewall or a transit gateway. */
const leadsOut = (routes: readonly Route[], start: "igw-" | "nat-" | ""): boolean =>
  routes.some(
    ({ DestinationCidrBlock, GatewayId, NatGatewayId, State }) =>
      DestinationCidrBlock === ANYWHERE && State === "active" && (GatewayId ?? NatGatewayId ?? "").startsWith(start),
  );

const lackingDoors = (doors: WaysOut["doors"], services: readonly string[]): string[] =>
  services.flatMap((service) => (doors.has(service) ? [] : [`the endpoint ${service}`]));

/** What each network lacks, where it lacks something. */
const LACKS: Readonly<Record<Subject["network"], (ways: WaysOut) => string[]>> = {
  public: ({ routes }) => (leadsOut(routes, "igw-") ? [] : ["a route to an internet gateway"]),
  nat: ({ routes }) => (leadsOut(routes, "nat-") ? [] : ["a route to a NAT gateway"]),
  endpoints: ({ doors }) => lackingDoors(doors, Object.values(JOB_ENDPOINTS)),
  existing: ({ routes, doors }) =>
    leadsOut(routes, "") ? [] : lackingDoors(doors, ["s3", ...Object.values(JOB_ENDPOINTS)]),
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
    const tables = async (Filters: Filter[]) =>
      (await client.send(new DescribeRouteTablesCommand({ Filters }))).RouteTables ?? [];
    const own = await tables(around);
    // Subnets without a table of their own follow the network's.
    const RouteTables =
      own.length > 0 ? own : await tables([...within, { Name: "association.main", Values: ["true"] }]);
    const { VpcEndpoints = [] } = await client.send(new DescribeVpcEndpointsCommand({ Filters: within }));
    const doors = new Set(
      VpcEndpoints.filter(({ State }) => State?.toLowerCase() === "available").map(({ ServiceName = "" }) =>
        ServiceName.replace(`com.amazonaws.${region}.`, ""),
      ),
    );
    const lacking = [
      ...(network === "existing" ? [] : lackingDoors(doors, ["s3"])),
      ...RouteTables.flatMap(({ Routes = [] }) => LACKS[network]({ routes: Routes, doors })),
    ];
    const mend = network === "existing" ? "Its owner adds them, or a route that leads out." : deployCommand(stage);
    if (lacking.length > 0) return bad(`lacks ${[...new Set(lacking)].join(", ")}`, mend);
    const zones = new Set(Subnets.map(({ AvailabilityZone }) => AvailabilityZone));
    return good(`${network}, ${Subnets.length} subnets in ${zones.size} zones, every way out open`);
  });
};
