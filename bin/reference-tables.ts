import * as z from "zod";
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
