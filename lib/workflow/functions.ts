/** The steps that are functions; each has its folder under functions/. */
export const FUNCTION_STEPS = ["validate", "plan", "merge", "gate", "promote", "notify"] as const;
export type FunctionStep = (typeof FUNCTION_STEPS)[number];

export interface FunctionDefinition {
  readonly memoryMiB: number;
  /** Lambda allows 900 at most. */
  readonly timeoutSeconds: number;
}

/** Sizes for CheXpert: 223,648 rows, whose CSV takes 30 MB and whose tables hold some hundred MB in memory. */
export const FUNCTIONS: Readonly<Record<FunctionStep, FunctionDefinition>> = {
  validate: { memoryMiB: 2048, timeoutSeconds: 900 },
  plan: { memoryMiB: 2048, timeoutSeconds: 900 },
  merge: { memoryMiB: 3008, timeoutSeconds: 900 },
  gate: { memoryMiB: 2048, timeoutSeconds: 900 },
  promote: { memoryMiB: 512, timeoutSeconds: 120 },
  notify: { memoryMiB: 512, timeoutSeconds: 120 },
};
