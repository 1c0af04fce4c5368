import fc from "fast-check";
import { expect, test } from "vitest";
import { modelKeys, runKeys } from "../../../lib/contracts/layout.ts";
import { fitsKeys, STEP_WRITES } from "../../../lib/contracts/writers.ts";

type Step = keyof typeof STEP_WRITES;
const STEPS = Object.keys(STEP_WRITES) as Step[];

/** Steps that may write a key of a room. */
const writersOf = (room: string, key: string): Step[] =>
  STEPS.filter((step) => fitsKeys((STEP_WRITES[step] as Record<string, readonly string[]>)[room] ?? [], key));

const run = "films-0123abcd";
const keys = runKeys(run);

test.each<[string, readonly Step[]]>([
  [keys.request, []],
  [keys.runner, []],
  [keys.validation, ["validate"]],
  [keys.plan, ["plan"]],
  [keys.testSet, ["plan"]],
  [keys.assignments, ["plan"]],
  [keys.sequence, ["plan"]],
  [keys.rows, ["merge"]],
  [keys.dataset, ["merge"]],
  [keys.epochPlan, ["upsample"]],
  [keys.member(12).weights, ["train"]],
  [keys.member(0).checkpoint(3), ["train"]],
  [keys.evaluation, ["evaluate"]],
  [keys.predictions, ["evaluate"]],
  [keys.exams, ["evaluate"]],
  [keys.exam("own"), ["evaluate"]],
  [keys.report, ["evaluate", "gate"]],
  [keys.decision, ["gate"]],
  [keys.outcome, ["notify"]],
  ["_arrivals/0123/pending.json", ["notify"]],
])("%s is written by %j alone", (key, steps) => {
  expect(writersOf("runs", key)).toEqual(steps);
});

test("a step's records are its own, of any member; merge alone takes back a preparation's", () => {
  for (const step of STEPS) {
    for (const index of [undefined, 0, 9999]) {
      const others = step === "prepare" && index !== undefined ? ["merge"] : [];
      expect(writersOf("runs", keys.stepRecord(step, index)).sort()).toEqual([step, ...others].sort());
      expect(writersOf("runs", keys.failure(step, index))).toEqual([step]);
      expect(writersOf("runs", keys.stepProgress(step, index))).toEqual([step]);
    }
  }
});

test("a version is written by the evaluation, the channels by the gate and the promotion", () => {
  expect(writersOf("models", modelKeys.version("0123456789abcdef").manifest)).toEqual(["evaluate"]);
  expect(writersOf("models", modelKeys.channels)).toEqual(["gate", "promote"]);
  expect(writersOf("models", modelKeys.weights("a".repeat(64)).file)).toEqual([]);
});

test("a pattern fits as IAM's does: `*` any text, everything else itself", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 5 }), { minLength: 1, maxLength: 4 }),
      fc.string(),
      (parts, between) => {
        const texts = parts.map((part) => part.replaceAll("*", ""));
        expect(fitsKeys([texts.join("*")], texts.join(between))).toBe(true);
        expect(fitsKeys([`${texts.join("*")}x`], `${texts.join("")}y`)).toBe(false);
      },
    ),
  );
});
