import { describe, expect, test } from "vitest";
import { evaluateOnExit } from "../../../lib/local/exit-rules.ts";
import { EXIT_RULES } from "../../../lib/workflow/jobs.ts";

const end = (exitCode: number, { reason = "", statusReason = "Essential container in task exited" } = {}) => ({
  exitCode,
  reason,
  statusReason,
});

describe("the project's rules", () => {
  test.each([
    ["temporary", end(75), "RETRY"],
    ["wrong input", end(64), "EXIT"],
    ["our bug", end(1), "EXIT"],
    ["out of memory", end(137, { reason: "OutOfMemoryError: Container killed due to memory usage" }), "EXIT"],
    ["Spot reclaim", end(137, { statusReason: "Host EC2 (instance i-0abc) terminated." }), "RETRY"],
    [
      "wrong input on a host that went away",
      end(64, { statusReason: "Host EC2 (instance i-0abc) terminated." }),
      "RETRY",
    ],
    ["image not pulled", end(1, { reason: "CannotPullContainerError: i/o timeout" }), "RETRY"],
  ] as const)("%s", (_, attempt, action) => {
    expect(evaluateOnExit(EXIT_RULES, attempt)).toBe(action);
  });
});

describe("the service's way of matching", () => {
  test("a failure that no rule matches is tried again", () => {
    expect(evaluateOnExit([], end(1))).toBe("RETRY");
    expect(evaluateOnExit([{ onExitCode: "2", action: "EXIT" }], end(1))).toBe("RETRY");
  });

  test("the first rule that matches decides", () => {
    const rules = [
      { onExitCode: "1*", action: "RETRY" },
      { onExitCode: "137", action: "EXIT" },
    ] as const;
    expect(evaluateOnExit(rules, end(137))).toBe("RETRY");
    expect(evaluateOnExit(rules.toReversed(), end(137))).toBe("EXIT");
  });

  test("all patterns of a rule must match, whole unless they end with a star", () => {
    const rules = [
      { onExitCode: "1", onReason: "Out*", action: "EXIT" },
      { onReason: "*", action: "RETRY" },
    ] as const;
    expect(evaluateOnExit(rules, end(1, { reason: "OutOfMemory" }))).toBe("EXIT");
    expect(evaluateOnExit(rules, end(1, { reason: "without" }))).toBe("RETRY");
    expect(evaluateOnExit(rules, end(12, { reason: "OutOfMemory" }))).toBe("RETRY");
  });

  test("letters of either case are the same", () => {
    expect(
      evaluateOnExit([{ onStatusReason: "host ec2*", action: "EXIT" }], end(1, { statusReason: "Host EC2 x" })),
    ).toBe("EXIT");
  });
});
