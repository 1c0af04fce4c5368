import { describe, expect, test } from "vitest";
import { FUNCTIONS } from "../../../lib/workflow/functions.ts";
import { JOBS } from "../../../lib/workflow/jobs.ts";

describe.each(Object.entries(JOBS))("job %s", (_, job) => {
  test("stays within what Batch takes", () => {
    expect(job.attempts).toBeGreaterThanOrEqual(1);
    expect(job.attempts).toBeLessThanOrEqual(10);
    expect(job.timeoutSeconds).toBeGreaterThanOrEqual(60);
    expect(job.evaluateOnExit.length).toBeLessThanOrEqual(5);
    for (const { action: _action, ...patterns } of job.evaluateOnExit) {
      expect(Object.keys(patterns).length).toBeGreaterThan(0);
      for (const pattern of Object.values(patterns)) expect(pattern).toMatch(/^[A-Za-z0-9.:\s]*\*?$/);
      if (patterns.onExitCode) expect(patterns.onExitCode).toMatch(/^\d*\*?$/);
    }
  });

  test("ends with the rule that matches all, since Batch repeats what no rule matches", () => {
    expect(job.evaluateOnExit.at(-1)).toEqual({ onReason: "*", action: "EXIT" });
  });
});

test.each(Object.entries(FUNCTIONS))(
  "function %s stays within what Lambda takes",
  (_, { memoryMiB, timeoutSeconds }) => {
    expect(memoryMiB).toBeGreaterThanOrEqual(128);
    expect(memoryMiB).toBeLessThanOrEqual(10_240);
    expect(timeoutSeconds).toBeLessThanOrEqual(900);
  },
);
