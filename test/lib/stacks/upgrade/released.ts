import { readdirSync, readFileSync } from "node:fs";
import { loadAwsServiceSpecSync } from "@aws-cdk/aws-service-spec";

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
type Json = any;

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties: Readonly<Record<string, Json>>;
}

/** What an upgrade of a stack hangs on. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  /** What other stacks import, by the export's name. */
  readonly exports: Readonly<Record<string, Json>>;
  /** Names of what it imports. */
  readonly imports: readonly string[];
}

/** Templates by stack. */
export type Templates = ReadonlyMap<string, Template>;

const FOLDER = new URL("../../../fixtures/released/", import.meta.url);

/** Release whose templates are kept, and those templates. */
export function readReleased(): { readonly version: string; readonly templates: Templates } {
  const released = readdirSync(FOLDER).map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8")));
  const [version, ...others] = new Set<string>(released.map((one) => one.version));
  if (version === undefined || others.length > 0) {
    throw new Error(
      `${FOLDER.pathname}: versions ${[version, ...others].join(", ")}; expected templates of one release`,
    );
  }
  return { version, templates: new Map(released.flatMap(({ stacks }) => Object.entries<Template>(stacks))) };
}

/** A stage's file: a line a resource, so that the next release's differences can be read. */
export function releasedFile(version: string, templates: Templates): string {
  const lines = (entries: readonly (readonly [string, Json])[], indent: string) =>
    entries.map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(",\n");
  const stacks = [...templates].map(([stack, { Resources, exports, imports }]) => {
    const resources = `   "Resources": {\n${lines(Object.entries(Resources), "    ")}\n   }`;
    return `  ${JSON.stringify(stack)}: {\n${resources},\n${lines(Object.entries({ exports, imports }), "   ")}\n  }`;
  });
  return `{\n "version": ${JSON.stringify(version)},\n "stacks": {\n${stacks.join(",\n")}\n }\n}\n`;
}

const spec = loadAwsServiceSpecSync();

/** What CloudFormation's registry says of a type; undefined for one that it does not have. */
export const typeOf = (type: string) => spec.lookup("resource", "cloudFormationType", "equals", type)[0];

/** What the registry says may be updated and the service refuses: aws-amplify/amplify-cli#4227. */
export const FROZEN: Readonly<Record<string, readonly string[]>> = {
  "AWS::Cognito::UserPool": ["AliasAttributes", "UsernameAttributes", "UsernameConfiguration"],
};

/** Whether another value of a property makes another resource of it, or none. */
const decides = (type: string, property: string): boolean => {
  const known = typeOf(type)?.properties;
  if (known === undefined || FROZEN[type]?.includes(property)) return true;
  return (known[property]?.causesReplacement ?? "no") !== "no";
};

/** A template less what can change in place. */
export function essence({ Resources, Outputs = {} }: Json): Template {
  const imports = new Set<string>();
  JSON.stringify(Resources, (key, value) => {
    if (key === "Fn::ImportValue") imports.add(typeof value === "string" ? value : JSON.stringify(value));
    return value;
  });
  const resources = Object.entries<Json>(Resources).map(([id, { Type, DeletionPolicy, Properties = {} }]) => [
    id,
    {
      Type,
      ...(DeletionPolicy && { DeletionPolicy }),
      Properties: Object.fromEntries(Object.entries(Properties).filter(([name]) => decides(Type, name))),
    },
  ]);
  const exports = Object.values<Json>(Outputs).filter(({ Export }) => Export !== undefined);
  return {
    Resources: Object.fromEntries(resources),
    exports: Object.fromEntries(exports.map(({ Export, Value }) => [Export.Name, Value])),
    imports: [...imports].sort(),
  };
}
