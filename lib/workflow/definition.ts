import { sha256 } from "../domain/sha256.ts";
import type { Definition } from "./asl.ts";
import { functionTask, jobTask } from "./tasks.ts";

/**
 * The state machine, the same in the cloud and on one machine. Its input is an ExecutionInput; steps hand each other
 * nothing but objects in the store, and only what a Choice reads travels through the states. Nothing is caught: the state
 * that fails is the execution's last, so that a redrive goes on with it (docs/adr/0009-a-failed-state-is-the-last.md).
 */
export const DEFINITION: Definition = {
  Comment: "Hilum: films and labels to a promoted model",
  StartAt: "validate",
  States: {
    validate: functionTask("validate", { next: "plan" }),
    plan: functionTask("plan", { next: "choose-prepare", keep: ["prepareJobs", "trainJobs"] }),

    "choose-prepare": {
      Type: "Choice",
      Choices: [{ Variable: "$.plan.prepareJobs", NumericGreaterThan: 1, Next: "prepare-array" }],
      Default: "prepare",
    },
    prepare: jobTask("prepare", { next: "merge" }),
    "prepare-array": jobTask("prepare", { next: "merge", arraySize: "$.plan.prepareJobs" }),
    merge: functionTask("merge", { next: "upsample" }),
    upsample: jobTask("upsample", { next: "choose-train" }),

    "choose-train": {
      Type: "Choice",
      Choices: [{ Variable: "$.plan.trainJobs", NumericGreaterThan: 1, Next: "train-array" }],
      Default: "train",
    },
    train: jobTask("train", { next: "evaluate" }),
    "train-array": jobTask("train", { next: "evaluate", arraySize: "$.plan.trainJobs" }),
    evaluate: jobTask("evaluate", { next: "gate" }),

    gate: functionTask("gate", { next: "choose-promotion", keep: ["decision"] }),
    "choose-promotion": {
      Type: "Choice",
      Choices: [{ Variable: "$.gate.decision", StringEquals: "promote", Next: "promote" }],
      Default: "keep",
    },
    promote: functionTask("promote", { next: "notify" }),
    keep: { Type: "Pass", Comment: "The model in production stays.", Next: "notify" },
    notify: functionTask("notify", { next: "succeeded" }),
    succeeded: { Type: "Succeed" },
  },
};

/** SHA-256 of a definition before its slots are filled: deployed and local runs prove by it that they are the same. */
export const definitionHash = (definition: Definition = DEFINITION): string => sha256(JSON.stringify(definition));
