/**
 * The part of the Amazon States Language (JSONPath, Standard) that the definition is written in: what the service and
 * the local interpreter both honour. https://states-language.net/spec.html
 */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds: number;
  readonly JitterStrategy: "FULL" | "NONE";
}

/** Fields ending in `.$` are paths or intrinsic functions. */
export type Template = { readonly [field: string]: string | number | Template | readonly Template[] };

export interface TaskState {
  readonly Type: "Task";
  readonly Comment?: string;
  readonly Resource: string;
  readonly Parameters: Template;
  readonly ResultSelector?: Template;
  /** null drops the result: what a step found out stands in the store. */
  readonly ResultPath: string | null;
  readonly TimeoutSeconds: number;
  readonly Retry: readonly Retrier[];
  readonly Next: string;
}

export interface ChoiceRule {
  readonly Variable: string;
  readonly NumericGreaterThan?: number;
  readonly StringEquals?: string;
  readonly Next: string;
}

export interface ChoiceState {
  readonly Type: "Choice";
  readonly Comment?: string;
  readonly Choices: readonly ChoiceRule[];
  readonly Default: string;
}

export interface PassState {
  readonly Type: "Pass";
  readonly Comment?: string;
  readonly Parameters?: Template;
  readonly Next: string;
}

export interface SucceedState {
  readonly Type: "Succeed";
}

export type State = TaskState | ChoiceState | PassState | SucceedState;

export interface Definition {
  readonly Comment: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
