import { describe, expect, test } from "vitest";
import { DEFINITION } from "../../../lib/workflow/definition.ts";

/**
 * The fields that aws-local-stepfunctions 3 honours (read in its source), so that a run here means what it means in
 * the cloud. What it takes without a word and ignores is left out: QueryLanguage, Assign, Arguments, Output,
 * HeartbeatSeconds, Credentials, ItemReader, ItemBatcher, ResultWriter, ToleratedFailure…
 */
const HONOURED: Record<string, readonly string[]> = {
  machine: ["Comment", "StartAt", "States"],
  Task: [
    ...["Type", "Comment", "Resource", "Parameters", "ResultSelector", "ResultPath", "TimeoutSeconds"],
    ...["Retry", "Catch", "Next", "End", "InputPath", "OutputPath"],
  ],
  Choice: ["Type", "Comment", "Choices", "Default"],
  Pass: ["Type", "Comment", "Parameters", "Result", "ResultPath", "Next", "End"],
  Succeed: ["Type", "Comment"],
  Fail: ["Type", "Comment", "Error", "Cause", "ErrorPath", "CausePath"],
  retrier: ["ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"],
  catcher: ["ErrorEquals", "ResultPath", "Next"],
  rule: ["Variable", "StringEquals", "NumericGreaterThan", "Next"],
};

/** Intrinsic functions that it evaluates. Its States.JsonToString drops the backslashes of quoted quotes. */
const INTRINSICS = ["States.Format"];

type Fields = Record<string, unknown>;

function breaches(definition: Fields): string[] {
  const found: string[] = [];
  const check = (where: string, kind: string, value: Fields): void => {
    const honoured = HONOURED[kind];
    if (!honoured) found.push(`${where}: ${kind}`);
    for (const field of Object.keys(value)) if (honoured && !honoured.includes(field)) found.push(`${where}.${field}`);
  };
  const checkTemplate = (where: string, value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [field, inner] of Object.entries(value)) {
      checkTemplate(`${where}.${field}`, inner);
      if (!field.endsWith(".$")) continue;
      const text = String(inner);
      // The context object is there in part only.
      if (text.startsWith("$$") || text.includes("$$.")) found.push(`${where}.${field}: ${text}`);
      if (!text.startsWith("$") && !INTRINSICS.some((name) => text.startsWith(`${name}(`))) {
        found.push(`${where}.${field}: ${text}`);
      }
    }
  };

  check("machine", "machine", definition);
  for (const [name, state] of Object.entries(definition.States as Record<string, Fields>)) {
    check(name, String(state.Type), state);
    for (const retrier of (state.Retry as Fields[]) ?? []) check(`${name}.Retry`, "retrier", retrier);
    for (const catcher of (state.Catch as Fields[]) ?? []) check(`${name}.Catch`, "catcher", catcher);
    for (const rule of (state.Choices as Fields[]) ?? []) check(`${name}.Choices`, "rule", rule);
    checkTemplate(`${name}.Parameters`, state.Parameters);
    checkTemplate(`${name}.ResultSelector`, state.ResultSelector);
  }
  return found;
}

describe("fields that the local interpreter does not honour", () => {
  test("don't stand in the definition", () => {
    expect(breaches(DEFINITION as unknown as Fields)).toEqual([]);
  });

  test.each<[string, (states: Record<string, Fields>) => void, string]>([
    ["a heartbeat", (s) => Object.assign(s.train!, { HeartbeatSeconds: 60 }), "train.HeartbeatSeconds"],
    ["JSONata", (s) => Object.assign(s.train!, { QueryLanguage: "JSONata" }), "train.QueryLanguage"],
    ["a variable", (s) => Object.assign(s.keep!, { Assign: { x: 1 } }), "keep.Assign"],
    ["a distributed map", (s) => Object.assign(s, { fan: { Type: "Map" } }), "fan: Map"],
    [
      "the execution's name",
      (s) => Object.assign(s.merge!, { Parameters: { "name.$": "$$.Execution.Name" } }),
      "merge.Parameters.name.$: $$.Execution.Name",
    ],
  ])("would be found: %s", (_, plant, breach) => {
    const definition = structuredClone(DEFINITION) as unknown as { States: Record<string, Fields> };
    plant(definition.States);
    expect(breaches(definition as unknown as Fields)).toEqual([breach]);
  });
});
