import { describe, expect, it } from "vitest";
import { inTests, matchesOf } from "./in-tests.ts";

/** Ways to ask how long something took. What is quick enough on one machine fails on a busy one: bench/ measures. */
const CLOCKS = [
  /\bperformance\s*\.\s*now\b/,
  /\bperf_hooks\b/,
  /\b(?:cpuUsage|resourceUsage|hrtime|eventLoopUtilization|monitorEventLoopDelay|timerify)\b/,
  /\bconsole\s*\.\s*time/,
  /(?:\bDate\.now\(\)|\bnew Date\(\)(?:\.getTime\(\))?)\s*-/,
];

describe("no test compares a clock", () => {
  it("of those that npm test runs", () => {
    const isAsked = (path: string) =>
      /\.(?:ts|mjs)$/.test(path) && !path.startsWith("slow/") && path !== "lint/clocks.test.ts";
    const { files, found } = inTests(CLOCKS, isAsked);
    expect(files).toBeGreaterThan(200);
    expect(found).toEqual([]);
  });

  it.each([
    "const start = performance.now();",
    'import { performance as clock } from "node:perf_hooks";',
    "const { user } = process.cpuUsage();",
    "process.hrtime.bigint()",
    "expect(Date.now() - start).toBeLessThan(500);",
    "const took = Date.now() - before;",
    "expect(new Date().getTime() - start).toBeLessThan(500);",
  ])("and %s would be found", (text) => {
    expect(matchesOf(CLOCKS, text)).not.toEqual([]);
  });

  it.each([
    "expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());",
    "const startAt = Date.now() + LEAD_MS;",
    "if (Date.now() > made + KEPT_MS) await remove(folder);",
    "await expect.poll(() => called, { timeout: 30_000 }).toBe(true);",
  ])("but not %s, which is a date or a deadline", (text) => {
    expect(matchesOf(CLOCKS, text)).toEqual([]);
  });
});
