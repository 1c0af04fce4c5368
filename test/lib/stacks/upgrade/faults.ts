import { isDeepStrictEqual } from "node:util";
import { fullDiff, type ResourceDifference, ResourceImpact } from "@aws-cdk/cloudformation-diff";
import { FROZEN, type Resource, type Template, type Templates, typeOf } from "./released.ts";

/** What is lost with a resource that the registry does not count among those that keep state. */
const HELD: Readonly<Record<string, string>> = {
  "AWS::ApiGateway::RestApi": "clients know its address",
  "AWS::CloudFront::Distribution": "people know its address",
  "AWS::Batch::ComputeEnvironment": "jobs run in it",
  "AWS::Batch::JobQueue": "jobs wait in it",
};

/** Why a resource must outlive an upgrade; undefined where another may take its place. */
const heldBecause = ({ Type, DeletionPolicy }: Resource): string | undefined => {
  if (DeletionPolicy === "Retain") return "it is retained";
  return typeOf(Type)?.isStateful ? "it keeps state" : HELD[Type];
};

const REPLACED = new Set<ResourceImpact | undefined>([ResourceImpact.WILL_REPLACE, ResourceImpact.MAY_REPLACE]);

/** Properties that are a resource's name: of a log group `Name`, `GroupName` or `LogGroupName`; a log-in's `Domain`. */
const isName = (type: string, property: string): boolean =>
  property === "Domain" || (property.endsWith("Name") && `${type.split("::").at(-1)}Name`.endsWith(property));

/**
 * The name that a template gives a resource, with what it is a part of: CloudFormation makes a new resource before it
 * removes the old one, so that no two may have it. Undefined where CloudFormation chooses.
 */
function givenName(stack: string, { Type, Properties }: Resource): string | undefined {
  const own = Object.entries(Properties).find(([property]) => isName(Type, property));
  if (own === undefined) return undefined;
  const owners = Object.values(Properties).filter((value) => /"(Ref|Fn::GetAtt)"/.test(JSON.stringify(value)));
  return [Type, JSON.stringify(own[1]), ...(owners.length > 0 ? [stack, JSON.stringify(owners)] : [])].join(" ");
}

/** What CloudFormation would do to deployed stacks that nobody wants: a sentence each, empty where an upgrade is safe. */
export function upgradeFaults(released: Templates, next: Templates): string[] {
  const faults = [...released].flatMap(([stack, before]) => {
    const after = next.get(stack);
    if (after === undefined) return [`${stack}: the stack is gone, and would be left behind`];
    return resourceFaults(stack, before, after).map((fault) => `${stack}: ${fault}`);
  });
  return [...faults, ...nameFaults(released, next), ...exportFaults(released, next)];
}

function resourceFaults(stack: string, before: Template, after: Template): string[] {
  const faults: string[] = [];
  const diff = fullDiff({ Resources: withPolicies(before) }, { Resources: withPolicies(after) });
  diff.resources.forEachDifference((id, change) => {
    const [old, now] = [before.Resources[id], after.Resources[id]];
    if (old === undefined) return;
    const why = heldBecause(old);
    const what = `${id} (${old.Type})`;
    if (now === undefined) {
      if (why !== undefined) faults.push(`${what} is gone from the template, or has another logical id; ${why}`);
      return;
    }
    const frozen = FROZEN[old.Type]?.filter((name) => !isDeepStrictEqual(old.Properties[name], now.Properties[name]));
    for (const name of frozen ?? []) faults.push(`${what} has another ${name}, which the service refuses`);
    if (REPLACED.has(change.changeImpact)) {
      const of = `for its ${causes(change).join(", ")}`;
      if (why !== undefined) faults.push(`${what} would be replaced ${of}; ${why}`);
      const name = givenName(stack, old);
      if (name !== undefined && name === givenName(stack, now))
        faults.push(`${what} would be replaced ${of} under its own name`);
    }
    if (old.DeletionPolicy === "Retain" && now.DeletionPolicy !== "Retain") faults.push(`${what} is retained no more`);
  });
  return faults;
}

/** The comparison reads every policy's document, which changes in place and is not kept. */
const withPolicies = ({ Resources }: Template): Template["Resources"] =>
  Object.fromEntries(
    Object.entries(Resources).map(([id, { Properties, ...rest }]) => [
      id,
      { ...rest, Properties: { ...(rest.Type.endsWith("Policy") && { PolicyDocument: NO_RIGHTS }), ...Properties } },
    ]),
  );
const NO_RIGHTS = { Statement: [] };

const causes = (change: ResourceDifference): string[] => {
  const properties = Object.entries(change.propertyUpdates).filter(([, { changeImpact }]) =>
    REPLACED.has(changeImpact),
  );
  return properties.length > 0 ? properties.map(([name]) => name) : ["Type"];
};

/** Places, `stack/logical id`, by the name that each is given. */
function placesByName(templates: Templates): Map<string, string[]> {
  const places = new Map<string, string[]>();
  for (const [stack, { Resources }] of templates) {
    for (const [id, resource] of Object.entries(Resources)) {
      const name = givenName(stack, resource);
      if (name !== undefined) places.set(name, [...(places.get(name) ?? []), `${stack}/${id}`]);
    }
  }
  return places;
}

/** Names that two resources are given, of which the second can't be made. */
export const sharedNames = (templates: Templates): string[] =>
  [...placesByName(templates)].flatMap(([name, places]) =>
    places.length === 1 ? [] : [`${name} is the name of ${places.join(" and ")}`],
  );

/** Names that go to another resource, whose making would find them taken. */
function nameFaults(released: Templates, next: Templates): string[] {
  const now = placesByName(next);
  return [...placesByName(released)].flatMap(([name, [place]]) =>
    (now.get(name) ?? []).flatMap((taken) => (taken === place ? [] : [`${taken}: ${name} is still that of ${place}`])),
  );
}

/** CloudFormation neither removes nor changes an export while a deployed stack imports it. */
function exportFaults(released: Templates, next: Templates): string[] {
  const used = new Set([...released.values()].flatMap(({ imports }) => imports));
  return [...released].flatMap(([stack, { exports }]) =>
    Object.entries(exports).flatMap(([name, value]) =>
      !used.has(name) || isDeepStrictEqual(next.get(stack)?.exports[name], value)
        ? []
        : [`${stack}: the export ${name} is gone or has another value, while deployed stacks import it`],
    ),
  );
}
