import { expect, test } from "vitest";
import * as z from "zod";
import { tellIssues } from "../../../lib/contracts/tell-issues.ts";

const Row = z.strictObject({ name: z.enum(["a", "b"]) });
const told = (schema: z.ZodType, value: unknown): string => tellIssues(schema.safeParse(value).error!, "body");

test("at most ten faults are told, and how many more there are", () => {
  const sentence = told(
    z.array(Row),
    Array.from({ length: 5000 }, () => ({ name: "x" })),
  );
  expect(sentence.split("; ")).toHaveLength(11);
  expect(sentence).toMatch(/^0\.name: Invalid option: .*; and 4990 more$/);
  const keys = told(Row, Object.fromEntries([["name", "a"], ...Array.from({ length: 5000 }, (_, i) => [`k${i}`, 1])]));
  expect(keys).toMatch(/^k0: not known here; .*; and 4990 more$/);
});

test("keys of any length and content are shown escaped and cut", () => {
  const sentence = told(Row, { name: "a", [`\u001b[2J\u202e${"x".repeat(10_000)}`]: 1 });
  expect(sentence.length).toBeLessThan(300);
  expect(sentence).toMatch(/^\\u001b\[2J\\u202ex+…: not known here$/);
});
