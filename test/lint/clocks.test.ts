import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const tests = join(import.meta.dirname, "..");

/** Ways to ask how long something took. What is quick enough on one machine fails on a busy one: bench/ measures. */
const CLOCKS = [
  /\bperformance\s*\.\s*now\b/,
  /\bperf_hooks\b/,
  /\b(?:cpuUsage|resourceUsage|hrtime|eventLoopUtilization|monitorEventLoopDelay|timerify)\b/,
  /\bconsole\s*\.\s*time/,
  /(?:\bDate\.now\(\)|\bnew Date\(\)(?:\.getTime\(\))?)\s*-/,
];

const clocksOf = (text: string): string[] => CLOCKS.flatMap((clock) => clock.exec(text)?.[0] ?? []);

describe("no test compares a clock", () => {
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" }).filter(
    (path) => /\.(?:ts|mjs)$/.test(path) && !path.startsWith("slow/") && join(tests, path) !== import.meta.filename,
  );

  it("of those that npm test runs", () => {
    expect(files.length).toBeGreaterThan(200);
    const found = files.map((path) => [path, ...clocksOf(readFileSync(join(tests, path), "utf8"))]);
    expect(found.filter(([, ...clocks]) => clocks.length > 0)).toEqual([]);
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
    expect(clocksOf(text)).not.toEqual([]);
  });

  it.each([
    "expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());",
    "const startAt = Date.now() + LEAD_MS;",
    "if (Date.now() > made + KEPT_MS) await remove(folder);",
    "await expect.poll(() => called, { timeout: 30_000 }).toBe(true);",
  ])("but not %s, which is a date or a deadline", (text) => {
    expect(clocksOf(text)).toEqual([]);
  });
});
