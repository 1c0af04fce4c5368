import { DescribeInstanceTypeOfferingsCommand, DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { bad, type Finding, good } from "../../contracts/finding.ts";
import { ANY_X86, ANY_X86_FAMILIES, ANY_X86_SIZES } from "../../contracts/instances.ts";
import { ask } from "../ask.ts";
import type { Check, Looked, Subject } from "./looked.ts";
import { environmentsOf } from "./queues.ts";

type Family = keyof Subject["instances"];

/** Zones of the region that have a type, by type; of those that Batch may choose itself, together as one. */
async function zonesByType(types: readonly string[]): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const anyX86 = ANY_X86_FAMILIES.flatMap((family) => ANY_X86_SIZES.map((size) => `${family}.${size}`));
  const names = types.flatMap((type) => (type === ANY_X86 ? anyX86 : type));
  const found = new Map(types.map((type) => [type, new Set<string>()]));
  await ask("instance types by zone", async () => {
    const client = new EC2Client();
    const which = {
      LocationType: "availability-zone",
      Filters: [{ Name: "instance-type", Values: names }],
    } as const;
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new DescribeInstanceTypeOfferingsCommand({ ...which, Filters: [...which.Filters], NextToken }),
      );
      for (const { InstanceType, Location } of page.InstanceTypeOfferings ?? []) {
        const type = names.includes(InstanceType!) && !found.has(InstanceType!) ? ANY_X86 : InstanceType!;
        found.get(type)?.add(Location!);
      }
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  });
  return found;
}

/** `us-east-1a` in short, beside its region. */
const zoneLetter = (zone: string): string => zone.replace(/^.*\d/, "");

const told = (zones: ReadonlySet<string>): string => [...zones].map(zoneLetter).sort().join("");

/** Zones that jobs run in, or are to run in; undefined where the account decides. */
async function jobZones(looked: Looked): Promise<ReadonlySet<string> | undefined> {
  const environments = looked.stacks.training === undefined ? [] : await environmentsOf(looked);
  const deployed = environments.flatMap(({ computeResources }) => computeResources?.subnets ?? []);
  const SubnetIds = [...new Set(deployed.length > 0 ? deployed : looked.subnetIds)];
  if (SubnetIds.length === 0) return looked.zones.length === 0 ? undefined : new Set(looked.zones);
  const { Subnets = [] } = await ask("subnets", () => new EC2Client().send(new DescribeSubnetsCommand({ SubnetIds })));
  return new Set(Subnets.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []));
}

/**
 * Whether the region has every type that a stage names, since Batch refuses a list for one that it lacks, and whether the
 * zones of its subnets have any of them.
 */
export const instanceTypesCheck =
  (family: Family): Check =>
  async (looked): Promise<Finding> => {
    const { instances, region } = looked;
    const zones = await zonesByType(instances[family]);
    const list = [...zones].map(([type, where]) => `${type} in ${told(where)}`).join(", ");
    const lacking = [...zones].flatMap(([type, where]) => (where.size === 0 ? [type] : []));
    if (lacking.length > 0) {
      const others = [...zones.keys()].filter((type) => !lacking.includes(type));
      const mend =
        others.length > 0
          ? `${family}: { instances: ${JSON.stringify(others)} } in bin/stages.ts`
          : `Name other types in bin/stages.ts (${family}.instances), or another region with AWS_REGION.`;
      return bad(`${region} lacks ${lacking.join(", ")}, for which Batch refuses the whole list`, mend);
    }
    const used = await jobZones(looked);
    if (used === undefined || [...zones.values()].some((where) => [...used].some((zone) => where.has(zone)))) {
      return good(`zones of ${region}: ${list}${used === undefined ? "" : `; jobs run in ${told(used)}`}`);
    }
    return bad(
      `jobs run in ${told(used)}, where none of them is; zones of ${region}: ${list}`,
      "Subnets in one of these zones (vpc.zones or network.subnetIds in bin/stages.ts), or other types.",
    );
  };
