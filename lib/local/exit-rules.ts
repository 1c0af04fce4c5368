import type { ExitRule } from "../workflow/jobs.ts";

/** How an attempt of a job ended, as Batch reports it. */
export interface AttemptEnd {
  readonly exitCode: number;
  readonly reason: string;
  readonly statusReason: string;
}

/** A pattern may end with `*`, which matches any rest, also none. Batch compares reasons without regard to case. */
function matches(pattern: string, text: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), text.toLowerCase()];
  return wanted.endsWith("*") ? given.startsWith(wanted.slice(0, -1)) : wanted === given;
}

/** What Batch does after a failed attempt: the first rule that matches decides; where none does, it tries again. */
export function evaluateOnExit(rules: readonly ExitRule[], end: AttemptEnd): "RETRY" | "EXIT" {
  const rule = rules.find(
    ({ onExitCode, onReason, onStatusReason }) =>
      (onExitCode === undefined || matches(onExitCode, String(end.exitCode))) &&
      (onReason === undefined || matches(onReason, end.reason)) &&
      (onStatusReason === undefined || matches(onStatusReason, end.statusReason)),
  );
  return rule?.action ?? "RETRY";
}
