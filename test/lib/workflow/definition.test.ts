import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import type { TaskState } from "../../../lib/workflow/asl.ts";
import { DEFINITION, definitionHash } from "../../../lib/workflow/definition.ts";
import { fillSlots, integrationArns, SLOTS, type Slot } from "../../../lib/workflow/slots.ts";

const values = {
  ...(Object.fromEntries(SLOTS.map((slot) => [slot, `arn:aws:x:eu-west-1:123456789012:${slot}`])) as Record<
    Slot,
    string
  >),
  ...integrationArns("aws"),
};
const filled = fillSlots(DEFINITION, values);

/** It comes without types. */
const aslValidator = createRequire(import.meta.url)("asl-validator") as (definition: unknown) => {
  isValid: boolean;
  errorsText(): string;
};

/** The validator writes into what it is given. */
const validate = (definition: unknown) => aslValidator(structuredClone(definition));

const tasks = Object.entries(DEFINITION.States).filter(
  (entry): entry is [string, TaskState] => entry[1].Type === "Task",
);

describe("the definition", () => {
  test("is valid Amazon States Language, with and without its slots filled", () => {
    expect(validate(filled).errorsText()).toBe("");
    expect(validate({ ...filled, StartAt: "nowhere" }).isValid).toBe(false);
  });

  test("has every slot somewhere, and none left after filling", () => {
    const text = JSON.stringify(DEFINITION);
    for (const slot of SLOTS) expect(text).toContain(`\${${slot}}`);
    expect(JSON.stringify(filled)).not.toMatch(/\$\{|undefined/);
  });

  test.each(tasks)("task %s has a time limit, and fails by itself so that a redrive begins with it", (_, task) => {
    expect(task.TimeoutSeconds).toBeGreaterThan(0);
    // The local interpreter keeps the limit by a timer of 31 bits of milliseconds.
    expect(task.TimeoutSeconds * 1000).toBeLessThan(2 ** 31);
    expect(task).not.toHaveProperty("Catch");
  });

  test.each(tasks)("task %s is tried again for errors of the API only, never for a failed job", (_, task) => {
    const names = task.Retry.flatMap((retrier) => retrier.ErrorEquals);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toMatch(/^(Lambda\.|Batch\.|TemporaryError$)/);
  });

  test("has a hash that follows every change", () => {
    expect(definitionHash()).toMatch(/^[0-9a-f]{64}$/);
    expect(definitionHash()).toBe(definitionHash(structuredClone(DEFINITION)));
    expect(definitionHash({ ...DEFINITION, StartAt: "plan" })).not.toBe(definitionHash());
    expect(definitionHash(filled)).not.toBe(definitionHash());
  });
});
