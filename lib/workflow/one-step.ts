import type { Definition, TaskState } from "./asl.ts";
import { DEFINITION } from "./definition.ts";
import type { FunctionStep } from "./functions.ts";
import type { JobStep } from "./jobs.ts";

/** The definition cut down to one of its steps, which ends it either way. */
export function oneStep(step: FunctionStep | JobStep): Definition {
  const task = DEFINITION.States[step] as TaskState;
  const Catch = task.Catch.map((catcher) => ({ ...catcher, Next: "failed-untold" }));
  return {
    Comment: `Hilum: ${step} by itself`,
    StartAt: step,
    States: {
      [step]: { ...task, Catch, Next: "succeeded" },
      succeeded: DEFINITION.States.succeeded!,
      "failed-untold": DEFINITION.States["failed-untold"]!,
    },
  };
}
