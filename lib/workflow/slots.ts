import type { Definition } from "./asl.ts";
import { FUNCTION_STEPS, type FunctionStep } from "./functions.ts";
import { JOB_STEPS, type JobStep } from "./jobs.ts";

/** Names and ARNs that only a deployment (or the local runner) knows; spelt `${slot}` in the definition. */
export type Slot = `${FunctionStep}Function` | `${JobStep}Job` | `${JobStep}Queue` | "partition";

export const SLOTS: readonly Slot[] = [
  ...FUNCTION_STEPS.map((step) => `${step}Function` as const),
  ...JOB_STEPS.flatMap((step) => [`${step}Job`, `${step}Queue`] as const),
  "partition",
];

/** The text that stands for a slot; CloudFormation's DefinitionSubstitutions use the same spelling. */
export const slot = <S extends Slot>(name: S) => `\${${name}}` as const;

/** The definition with every slot filled. */
export function fillSlots(definition: Definition, values: Readonly<Record<Slot, string>>): Definition {
  const fill = (value: unknown): unknown => {
    if (typeof value === "string") return value.replace(/\$\{(\w+)\}/g, (_, name: Slot) => values[name]);
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, fill(inner)]));
  };
  return fill(definition) as Definition;
}
