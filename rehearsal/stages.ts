import { parseStage, type Stage } from "../lib/stacks/stage.ts";

/** What is rehearsed: a stage as it is deployed first, and as it is deployed over it. */
export interface Rehearsed {
  readonly first: Stage;
  readonly changed: Stage;
}

const rehearsed = (name: string, keepData: boolean): Rehearsed => {
  const common = { name, keepData, preset: "smoke", api: { access: "cognito" } } as const;
  return {
    first: parseStage(common),
    // A schedule, lifecycles, what a function is told and what alarms look at.
    changed: parseStage({
      ...common,
      preset: "densenet121-ensemble",
      data: { sweepHours: 12, oldVersionDays: 60, coldAfterDays: 120 },
      alarms: { p95Milliseconds: 8000 },
    }),
  };
};

export const STAGES: readonly Rehearsed[] = [rehearsed("goes", false), rehearsed("stays", true)];
