import { table } from "../../../bin/markdown.ts";
import { statementsByRole } from "./roles.ts";
import type { stageTemplates } from "./stage-templates.ts";
import type { Resource } from "./synthesis.ts";

type Templates = Awaited<ReturnType<typeof stageTemplates>>;
type Named = Resource & { readonly id: string };

/** Something that is sent by itself, where nobody waits for the answer. */
export interface Delivery {
  readonly what: string;
  readonly to: string;
  /** Where it goes if it can't be delivered or handled; undefined where it is lost. */
  readonly deadLetters: string | undefined;
  /** Who sends to what is encrypted: a service, or the role of a function. */
  readonly sender: string;
  /** What the sender may do with the stage's key. */
  readonly keyRights: readonly string[];
}

export interface KeyStatement {
  readonly Principal: { readonly Service?: string | string[] };
  readonly Action: string | string[];
  readonly Condition?: object;
}

const kmsActions = (actions: readonly string[]): string[] =>
  [...new Set(actions.filter((action) => action.startsWith("kms:")))].sort();

const stem = (id: string): string => id.replace(/[0-9A-F]{8}$/, "");
const nameOf = (arn: unknown): string => stem(JSON.stringify(arn).match(/"(?:Fn::GetAtt":\["|Ref":")(\w+)"/)![1]!);

/** Read from the templates: every rule, function that events call, alarm and budget. */
export function deliveries({ data, training, monitoring }: Templates): Delivery[] {
  const key = data.one("AWS::KMS::Key").Properties.KeyPolicy.Statement as KeyStatement[];
  const ofService = (name: string): string[] =>
    kmsActions(
      key.flatMap(({ Principal, Action }) =>
        [Principal.Service].flat().includes(`${name}.amazonaws.com`) ? Action : [],
      ),
    );
  const roles = statementsByRole(JSON.stringify(training.template));
  const rules = training.all("AWS::Events::Rule").flatMap(({ Properties }: Named) =>
    (Properties.Targets as { Arn: unknown; DeadLetterConfig?: { Arn: unknown } }[]).map((target) => ({
      what: (Properties.Description as string).replace("Hilum: ", ""),
      to: nameOf(target.Arn),
      deadLetters: target.DeadLetterConfig && nameOf(target.DeadLetterConfig.Arn),
      sender: "events",
      keyRights: ofService("events"),
    })),
  );
  const handlers = training.all("AWS::Lambda::Function").flatMap(({ id, Properties }: Named) =>
    Properties.DeadLetterConfig === undefined
      ? []
      : {
          what: `an event that ${stem(id)} fails to handle, after three tries`,
          to: nameOf(Properties.DeadLetterConfig.TargetArn),
          deadLetters: undefined,
          sender: `role of ${stem(id)}`,
          keyRights: kmsActions(
            (roles.get(Properties.Role["Fn::GetAtt"][0]) ?? []).flatMap(({ Action }) => [Action].flat()),
          ),
        },
  );
  const told = (what: string, found: readonly Named[], sender: string): Delivery[] =>
    found.length === 0 ? [] : [{ what, to: "Alarms", deadLetters: undefined, sender, keyRights: ofService(sender) }];
  return [
    ...rules,
    ...handlers,
    ...told("an alarm that rings or is over", monitoring.all("AWS::CloudWatch::Alarm"), "cloudwatch"),
    ...told("a budget that is nearly used up", monitoring.all("AWS::Budgets::Budget"), "budgets"),
  ];
}

/** docs/deliveries.md */
export const deliveriesPage = (all: readonly Delivery[]): string => `# What is sent by itself

Events, and what becomes of those that can't be delivered or handled. The queue \`Undelivered\` and the topic \`Alarms\` are
encrypted with the stage's key, so who sends to them has to use it: a service by the key's policy, for this account alone, a
function by its role. This table is read from the templates by a test.

${table(
  ["what", "to", "undelivered", "sender", "its rights to the key"],
  all.map(({ what, to, deadLetters, sender, keyRights }) => [
    what,
    to,
    deadLetters ?? "",
    sender,
    keyRights.map((right) => `\`${right}\``).join(" "),
  ]),
)}

S3 tells EventBridge of new objects without a key. What EventBridge can't deliver it tries ten times more. Whatever is in
\`Undelivered\` rings an alarm; the next sweep takes up what arrivals told of, and the next look at the queues the rest.
`;
