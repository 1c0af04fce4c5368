import type { Resource } from "./synthesis.ts";

export interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** What each role of a template may do: the statements of every policy that hangs on it, by the role's logical name. */
export function statementsByRole(template: string): Map<string, Statement[]> {
  const resources = Object.values(JSON.parse(template).Resources) as Resource[];
  const found = new Map<string, Statement[]>();
  for (const { Type, Properties } of resources) {
    if (Type !== "AWS::IAM::Policy") continue;
    for (const role of Properties.Roles as { Ref: string }[]) {
      const statements = Properties.PolicyDocument.Statement as Statement[];
      found.set(role.Ref, [...(found.get(role.Ref) ?? []), ...statements]);
    }
  }
  return found;
}

/** The place that an ARN exported by the data stack names, and the folder within it. */
const PLACE = /ExportsOutputFnGetAtt(incoming|datasets|runs|models|uploads)[0-9A-F]+Arn/g;

/** `runs s3:GetObject`, for every action on objects or buckets. */
export function reach(statements: readonly Statement[]): string[] {
  const all = statements
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource }) => {
      const places = new Set(
        [Resource].flat().flatMap((one) => {
          const resource = JSON.stringify(one);
          const folder = resource.includes("/feedback/") ? "/feedback" : "";
          return [...resource.matchAll(PLACE)].map(([, place]) => `${place}${folder}`);
        }),
      );
      return [Action]
        .flat()
        .flatMap((action) => (action.startsWith("s3:") ? [...places].map((p) => `${p} ${action}`) : []));
    });
  return [...new Set(all)].sort();
}

/** `runs/*\/plan.json`, for every pattern of keys that may be written or deleted. */
export function written(statements: readonly Statement[]): string[] {
  const writing = statements.filter(({ Action }) =>
    [Action].flat().some((name) => /^s3:(Put|Delete)Object/.test(name)),
  );
  const patterns = writing.flatMap(({ Resource }) =>
    [Resource].flat().map((resource) => {
      const text = JSON.stringify(resource);
      const [, place] = new RegExp(PLACE).exec(text) ?? [];
      return `${place}${/"(\/[^"]*)"\]\]\}$/.exec(text)?.[1]}`;
    }),
  );
  return [...new Set(patterns)].sort();
}
