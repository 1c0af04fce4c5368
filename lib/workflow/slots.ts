import { recordOf } from "../domain/record-of.ts";
import type { Definition } from "./asl.ts";
import { FUNCTION_STEPS, type FunctionStep } from "./functions.ts";
import { JOB_STEPS, type JobStep } from "./jobs.ts";

/** What a Task's Resource may be, whose ARN begins with the partition of the deployment. */
const INTEGRATION_ARNS = {
  invokeFunction: "states:::lambda:invoke",
  runJob: "states:::batch:submitJob.sync",
} as const;
type Integration = keyof typeof INTEGRATION_ARNS;
const INTEGRATIONS = Object.keys(INTEGRATION_ARNS) as Integration[];

/** Values of their slots. */
export const integrationArns = (partition: string): Record<Integration, string> =>
  recordOf(INTEGRATIONS, (name) => `arn:${partition}:${INTEGRATION_ARNS[name]}`);

/** Names and ARNs that only a deployment (or the local runner) knows; spelt `${slot}` in the definition. */
export type Slot = `${FunctionStep}Function` | `${JobStep}Job` | `${JobStep}Queue` | Integration;

export const SLOTS: readonly Slot[] = [
  ...FUNCTION_STEPS.map((step) => `${step}Function` as const),
  ...JOB_STEPS.flatMap((step) => [`${step}Job`, `${step}Queue`] as const),
  ...INTEGRATIONS,
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
