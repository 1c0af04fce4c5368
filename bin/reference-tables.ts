import * as z from "zod";
import { RunConfig } from "../lib/contracts/run-config.ts";
import { POLICY_NAMES } from "../lib/domain/label-policy.ts";
import { OBSERVATIONS } from "../lib/domain/observations.ts";
import { EXCEPTIONS } from "../lib/stacks/exceptions.ts";
import { Stage } from "../lib/stacks/stage.ts";
import { shippedLicences } from "./licences.ts";
import { table } from "./markdown.ts";

/** Tables of docs/ that are made from what they tell of; a test holds them together. */

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Property>>;
}

function settings({ properties = {} }: Property, path: readonly string[] = []): string[][] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const here = [...path, name];
    if (property.description === undefined && property.properties) return settings(property, here);
    const value = "default" in property ? `\`${JSON.stringify(property.default)}\`` : "must be given";
    return [[`\`${here.join(".")}\``, value, property.description ?? ""]];
  });
}

/** docs/stages.md */
export const stagesPage = (): string => `# Settings of a stage

\`bin/stages.ts\` holds the stages; every setting is checked before anything is made. This table is made from the schema
(\`lib/stacks/stage.ts\`).

${table(["setting", "unless you say otherwise", "what it is"], settings(z.toJSONSchema(Stage, { io: "input" }) as Property))}
`;

interface Valued extends Property {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Valued[];
  readonly oneOf?: readonly Valued[];
  readonly items?: Valued;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Valued>>;
  readonly additionalProperties?: Valued | boolean;
}

/** What may be written there, as short as it can be told. */
function values(property: Valued): string {
  const { type, enum: names, anyOf, oneOf, items, minimum, maximum, exclusiveMinimum, properties } = property;
  const choices = anyOf ?? oneOf;
  if (choices) return [...new Set(choices.map(values))].join(" or ");
  if (names?.length === OBSERVATIONS.length) return "observations";
  if (names) return names.map((name) => `\`${JSON.stringify(name)}\``).join(", ");
  if ("const" in property) return `\`${JSON.stringify(property.const)}\``;
  if (items) return `list of ${values(items)}`;
  if (properties)
    return `{ ${Object.entries(properties)
      .map(([name, inner]) => `\`${name}\`: ${values(inner)}`)
      .join("; ")} }`;
  if (typeof property.additionalProperties === "object") {
    return `by name: ${values(property.additionalProperties)}`;
  }
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? "" : ` to ${maximum}`;
  const least = exclusiveMinimum === undefined ? minimum : exclusiveMinimum;
  const from = exclusiveMinimum === undefined ? "from" : "above";
  const range = least === undefined || least <= Number.MIN_SAFE_INTEGER ? most : ` ${from} ${least}${most}`;
  return `${type ?? "any value"}${range}`;
}

function keys({ properties = {} }: Valued, path: readonly string[] = []): string[][] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const here = [...path, name];
    if (property.description === undefined && property.properties) return keys(property, here);
    const value = "default" in property ? `\`${JSON.stringify(property.default)}\`` : "";
    return [[`\`${here.join(".")}\``, values(property), value, property.description ?? ""]];
  });
}

/** docs/configuration.md */
export const configurationPage = (): string => `# Keys of a run's configuration

What \`bin/hilum run --config\` and \`inspect --config\` take: a preset's name, or a JSON file of these keys. Only \`name\` and
\`model.network\` must be there; unknown keys are errors. \`policy\` may be a policy's name (${POLICY_NAMES.map((name) => `\`${name}\``).join(", ")}) and
\`split\` \`"as-given"\` instead. This table is made from the schema (\`lib/contracts/run-config.ts\`).

${table(["key", "values", "if left out", "what it is"], keys(z.toJSONSchema(RunConfig, { io: "input", unrepresentable: "any" }) as Valued))}
`;

/** docs/exceptions.md */
export function exceptionsPage(): string {
  const rows = EXCEPTIONS.map(({ rule, finding, at, reason }) => [
    rule,
    finding === undefined ? "" : `\`${finding.source}\``,
    at.source === "." ? "everywhere" : `\`${at.source}\``,
    reason,
  ]);
  return `# Rules that are not followed, and why

cdk-nag's rules for solutions on AWS (AwsSolutions) and for health data (HIPAA-Security) are checked at every synthesis,
which ends with a finding that none of these names. ${new Set(EXCEPTIONS.map(({ rule }) => rule)).size} rules have exceptions. This table is made from
\`lib/stacks/exceptions.ts\`.

${table(["rule", "what it found", "where", "why it stays"], rows)}
`;
}

/** docs/licences.md */
export function licencesPage(): string {
  // The usual ones come and go; the list of contents (npm run sbom) has each.
  const many = (names: readonly string[]) => names.length > 20;
  const rows = [...shippedLicences()].map(([licence, names]) => [
    licence,
    many(names) ? "more than 20, each in `npm run sbom`" : names.join(", "),
  ]);
  return `# Licences of what is shipped

Packages of the lock file that are not for development alone, platforms of one package taken together. This table is made
from \`package-lock.json\`; a test fails for a licence that \`bin/licences.ts\` does not accept.

${table(["licence", "packages"], rows)}

TensorFlow's libraries, from its official wheel, are under Apache-2.0; the wheel's \`THIRD_PARTY_NOTICES.txt\`
names what is linked into them. The study's published figures belong to their authors.
`;
}
