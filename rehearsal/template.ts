// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shape
export type Json = any;

export interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  readonly Properties?: Json;
}
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** Resources of a template, each as it is or changed. */
export function eachResource(template: Template, change: (resource: Resource, id: string) => Resource): Template {
  const entries = Object.entries(template.Resources).map(([id, resource]) => [id, change(resource, id)] as const);
  const same = entries.every(([id, resource]) => resource === template.Resources[id]);
  return same ? template : { ...template, Resources: Object.fromEntries(entries) };
}

export const withProperties = (resource: Resource, properties: Json): Resource => ({
  ...resource,
  Properties: { ...resource.Properties, ...properties },
});

/** Replaces references, inside out; `instead` gives undefined for those that stay. */
function eachReference(value: Json, instead: (id: string, attribute: string | undefined) => Json): Json {
  if (Array.isArray(value)) return value.map((one) => eachReference(one, instead));
  if (typeof value !== "object" || value === null) return value;
  const [[key, inner] = []] = Object.entries<Json>(value);
  const found =
    key === "Ref" ? instead(inner, undefined) : key === "Fn::GetAtt" ? instead(inner[0], inner[1]) : undefined;
  if (found !== undefined) return found;
  return Object.fromEntries(Object.entries<Json>(value).map(([name, one]) => [name, eachReference(one, instead)]));
}

/** A template with references replaced; the same object where there were none. */
export function withReferences(
  template: Template,
  instead: (id: string, attribute: string | undefined) => Json,
): Template {
  let replaced = false;
  const changed = eachReference(template, (id, attribute) => {
    const value = instead(id, attribute);
    replaced ||= value !== undefined;
    return value;
  });
  return replaced ? changed : template;
}
