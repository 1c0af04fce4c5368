import type { Definition, TaskState } from "./asl.ts";
import { DEFINITION } from "./definition.ts";
import type { FunctionStep } from "./functions.ts";
import type { JobStep } from "./jobs.ts";

/** The definition cut down to one of its steps. */
export const oneStep = (step: FunctionStep | JobStep): Definition => ({
  Comment: `Hilum: ${step} by itself`,
  StartAt: step,
  States: {
    [step]: { ...(DEFINITION.States[step] as TaskState), Next: "succeeded" },
    succeeded: DEFINITION.States.succeeded!,
  },
});
