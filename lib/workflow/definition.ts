import { createHash } from "node:crypto";
import type { Definition } from "./asl.ts";
import { functionTask, jobTask } from "./tasks.ts";

const onError = "notify-failure";

/**
 * The state machine, the same in the cloud and on one machine. Its input is an ExecutionInput; steps hand each other
 * nothing but objects in the store, and only what a Choice reads travels through the states.
 */
export const DEFINITION: Definition = {
  Comment: "Hilum: films and labels to a promoted model",
  StartAt: "validate",
  States: {
    validate: functionTask("validate", { next: "plan", onError }),
    plan: functionTask("plan", { next: "choose-prepare", onError, keep: ["prepareJobs", "trainJobs"] }),

    "choose-prepare": {
      Type: "Choice",
      Choices: [{ Variable: "$.plan.prepareJobs", NumericGreaterThan: 1, Next: "prepare-array" }],
      Default: "prepare",
    },
    prepare: jobTask("prepare", { next: "merge", onError }),
    "prepare-array": jobTask("prepare", { next: "merge", onError, arraySize: "$.plan.prepareJobs" }),
    merge: functionTask("merge", { next: "upsample", onError }),
    upsample: jobTask("upsample", { next: "choose-train", onError }),

    "choose-train": {
      Type: "Choice",
      Choices: [{ Variable: "$.plan.trainJobs", NumericGreaterThan: 1, Next: "train-array" }],
      Default: "train",
    },
    train: jobTask("train", { next: "evaluate", onError }),
    "train-array": jobTask("train", { next: "evaluate", onError, arraySize: "$.plan.trainJobs" }),
    evaluate: jobTask("evaluate", { next: "gate", onError }),

    gate: functionTask("gate", { next: "choose-promotion", onError, keep: ["decision"] }),
    "choose-promotion": {
      Type: "Choice",
      Choices: [{ Variable: "$.gate.decision", StringEquals: "promote", Next: "promote" }],
      Default: "keep",
    },
    promote: functionTask("promote", { next: "notify", onError }),
    keep: { Type: "Pass", Comment: "The model in production stays.", Next: "notify" },
    notify: functionTask("notify", { next: "succeeded", onError }),
    succeeded: { Type: "Succeed" },

    "notify-failure": functionTask("notify", {
      next: "failed",
      onError: "failed-untold",
      payload: { "failed.$": "$.failed" },
      keep: ["cause"],
    }),
    failed: { Type: "Fail", Error: "Hilum.StepFailed", CausePath: "$.notify.cause" },
    "failed-untold": {
      Type: "Fail",
      Error: "Hilum.StepFailed",
      Cause: "A step failed, and notify could not tell of it; the execution's history names both.",
    },
  },
};

/** SHA-256 of a definition before its slots are filled: deployed and local runs prove by it that they are the same. */
export const definitionHash = (definition: Definition = DEFINITION): string =>
  createHash("sha256").update(JSON.stringify(definition)).digest("hex");
