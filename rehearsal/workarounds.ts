import type { Facts } from "./emulator/emulator.ts";
import { eachResource, type Json, type Resource, type Template, withProperties, withReferences } from "./template.ts";

export interface Setting {
  readonly facts: Facts;
  /** Role that Batch takes where a template names none. */
  readonly batchRole: string;
  /** The template that was deployed before, as it was adapted; none at the first deployment. */
  readonly deployed?: Template | undefined;
}

/** One thing that the emulator does otherwise than CloudFormation, and what the rehearsal makes of it. */
interface Workaround {
  readonly what: string;
  readonly why: string;
  /** The template as it is deployed instead; the same object where nothing had to change. */
  apply(template: Template, setting: Setting): Template;
}

const has = (facts: Facts, type: string): boolean => Object.hasOwn(facts, type) && !UNREAD.has(type);

/** Types that the emulator takes and makes nothing of. */
const UNREAD = new Set(["AWS::ApiGateway::Deployment"]);

/** A queue that takes the place of a function as the target of events, by the function's logical id. */
export const inboxOf = (id: string): string => `rehearsal-${id}`;
const inboxArn = (id: string): Json => ({
  "Fn::Sub": `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${inboxOf(id)}`,
});

/** The event by which EventBridge's schedules call; its resource is the rule. */
export const SCHEDULE = { source: "aws.events", detailType: "Scheduled Event" } as const;

/** Of the rule with a logical id, as CloudFormation's Sub takes it. */
const ruleName = (id: string): string => `\${AWS::StackName}-${id}`;

const UNTAGGED = new Set(["AWS::KMS::Key", "AWS::S3::Bucket"]);

/** In this order. */
export const WORKAROUNDS: readonly Workaround[] = [
  {
    what: "an alias of a function stands for the version that it names",
    why: "the emulator has no aliases",
    apply: (template) =>
      withReferences(template, (id, attribute) => {
        const named = template.Resources[id];
        return named?.Type === "AWS::Lambda::Alias" && attribute === undefined
          ? named.Properties.FunctionName
          : undefined;
      }),
  },
  {
    what: "what the emulator does not have is left out, and words stand for references to it",
    why: "CloudFormation of the emulator makes nothing of these types; they are listed below and in the log",
    apply(template, { facts }) {
      const gone = new Set(leftOut(template, facts).map(({ id }) => id));
      if (gone.size === 0) return template;
      const kept = Object.entries(template.Resources).filter(([id]) => !gone.has(id));
      const rest = withReferences({ ...template, Resources: Object.fromEntries(kept) }, (id, attribute) => {
        if (!gone.has(id)) return undefined;
        return attribute === undefined
          ? `left-out-${id}`
          : { "Fn::Sub": `arn:\${AWS::Partition}:left-out:::${id}.${attribute}` };
      });
      return eachResource(rest, (resource) => {
        const { DependsOn } = resource as { DependsOn?: string | string[] };
        const stays = [DependsOn ?? []].flat().filter((id) => !gone.has(id));
        return DependsOn === undefined ? resource : { ...resource, DependsOn: stays };
      });
    },
  },
  {
    what: "the target of an event is a queue in place of a function",
    why: "the emulator delivers events to queues alone; the rehearsal takes them from there and runs the deployed code on them",
    apply: (template) =>
      eachResource(template, (resource) => {
        if (resource.Type !== "AWS::Events::Rule") return resource;
        const targets = resource.Properties.Targets.map((target: Json) => {
          const [id] = target.Arn["Fn::GetAtt"] ?? [];
          return template.Resources[id]?.Type === "AWS::Lambda::Function" ? { ...target, Arn: inboxArn(id) } : target;
        });
        return withProperties(resource, { Targets: targets });
      }),
  },
  {
    what: "a rule has a name, and one with a schedule alone a pattern of the schedule's events",
    why: "the emulator makes a rule anew under another name where CloudFormation changes it, and sends every event to a rule without a pattern",
    apply: (template) =>
      eachResource(template, (resource, id) =>
        resource.Type === "AWS::Events::Rule"
          ? withProperties(resource, {
              Name: { "Fn::Sub": ruleName(id) },
              EventPattern: resource.Properties.EventPattern ?? {
                source: [SCHEDULE.source],
                resources: [
                  {
                    "Fn::Sub": `arn:\${AWS::Partition}:events:\${AWS::Region}:\${AWS::AccountId}:rule/${ruleName(id)}`,
                  },
                ],
              },
            })
          : resource,
      ),
  },
  {
    what: "the template has no parameter for the bootstrap's version",
    why: "the emulator forgets a parameter's default and fails where an update says that it stays; the command line looks at the version by itself",
    apply(template) {
      const { Parameters, Rules, ...rest } = template as Template & { Parameters?: Json; Rules?: Json };
      return Parameters === undefined && Rules === undefined ? template : rest;
    },
  },
  {
    what: "a key and a bucket have no tags",
    why: "the emulator fails at a key's tags, since KMS spells them otherwise than CloudFormation, and at a change of a bucket with tags",
    apply: (template) =>
      eachResource(template, (resource) => {
        if (!UNTAGGED.has(resource.Type) || resource.Properties?.Tags === undefined) return resource;
        const { Tags: _, ...rest } = resource.Properties;
        return { ...resource, Properties: rest };
      }),
  },
  {
    what: "a compute environment's type is written in capitals, and names Batch's service-linked role",
    why: "CloudFormation takes `managed` and fills in the role by itself; the emulator does neither",
    apply: (template, { batchRole }) =>
      eachResource(template, (resource) =>
        resource.Type === "AWS::Batch::ComputeEnvironment"
          ? withProperties(resource, {
              Type: resource.Properties.Type.toUpperCase(),
              ServiceRole: resource.Properties.ServiceRole ?? batchRole,
            })
          : resource,
      ),
  },
  {
    what: "`optimal` stands for Batch's `default_x86_64`",
    why: "the emulator knows EC2's types and that word alone",
    apply: (template) =>
      eachResource(template, (resource) => {
        const resources = resource.Properties?.ComputeResources;
        if (!resources?.InstanceTypes?.includes("default_x86_64")) return resource;
        const types = resources.InstanceTypes.map((type: string) => (type === "default_x86_64" ? "optimal" : type));
        return withProperties(resource, { ComputeResources: { ...resources, InstanceTypes: types } });
      }),
  },
  {
    what: "the ARN of a resource of Batch is asked for by Ref",
    why: "the emulator knows no attributes of them; both are the ARN",
    apply: (template) =>
      withReferences(template, (id, attribute) =>
        attribute !== undefined && template.Resources[id]?.Type.startsWith("AWS::Batch::") ? { Ref: id } : undefined,
      ),
  },
  {
    what: "what the emulator can't change stays as it was deployed",
    why: "the emulator loses a resource that it is told to change and can't; the log names them",
    apply: (template, { facts, deployed }) =>
      eachResource(template, (resource, id) => {
        const before = deployed?.Resources[id];
        return before !== undefined && facts[resource.Type]?.update === false ? before : resource;
      }),
  },
  {
    what: "what the emulator can't remove is retained, and the network with it",
    why: "its CloudFormation would fail at the network, whose parts it leaves; the log counts them apart from what `keepData` keeps",
    apply: (template, { facts }) =>
      eachResource(template, (resource) =>
        isStuck(resource, facts) ? { ...resource, DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" } : resource,
      ),
  },
];

/** What is done besides to the cloud assembly and the command line; CloudFormation's own behaviour needs none of it. */
export const BESIDES: readonly Pick<Workaround, "what" | "why">[] = [
  {
    what: "templates lie in a folder `localhost/` of the bootstrap bucket",
    why: "the emulator reads a template from an address on this machine only where that word is in it",
  },
  {
    what: "`cdk deploy --method direct`",
    why: "stacks that the emulator makes by a change set export nothing",
  },
  {
    what: "images are registered by their tags, so that `cdk deploy` finds them and builds none",
    why: "no Docker; `npm run images` builds and runs the real ones",
  },
  {
    what: "the rehearsal turns on a bucket's versions and its events, as its template says",
    why: "the emulator's CloudFormation gives a bucket a name, encryption and tags, and nothing else",
  },
  {
    what: "protection from deletion is read, and not tried; buckets are emptied before their stack goes",
    why: "the emulator deletes a protected stack, and takes a bucket that holds something for deleted while it stays",
  },
  {
    what: "stacks lose their outputs before `cdk destroy`",
    why: "the emulator makes a resource again when a deleted stack's outputs are asked for, as the command line does while it waits",
  },
  {
    what: "the sweep's event and the end of an execution are put on the bus by the rehearsal, in AWS's form",
    why: "the emulator's schedules don't tick, and its Step Functions tells EventBridge nothing",
  },
  {
    what: "executions stay open until the rehearsal stops them",
    why: "the emulator's interpreter has no `batch:submitJob.sync`; the definition itself is run by the tests of lib/local",
  },
];

/** A resource that the emulator does not make. */
export interface LeftOut {
  readonly id: string;
  readonly type: string;
}

export const leftOut = (template: Template, facts: Facts): LeftOut[] =>
  Object.entries(template.Resources)
    .filter(([, { Type }]) => !has(facts, Type))
    .map(([id, { Type }]) => ({ id, type: Type }));

/** Whether a resource outlives its stack in the emulator alone. */
export const isStuck = ({ Type }: Resource, facts: Facts): boolean =>
  Type === "AWS::EC2::VPC" || facts[Type]?.remove === false;

/** The template as it is deployed, and which workarounds changed it. */
export function adapt(template: Template, setting: Setting): { readonly template: Template; readonly used: string[] } {
  const used: string[] = [];
  let adapted = template;
  for (const { what, apply } of WORKAROUNDS) {
    const next = apply(adapted, setting);
    if (next !== adapted) used.push(what);
    adapted = next;
  }
  return { template: adapted, used };
}
