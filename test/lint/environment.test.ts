import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const tests = join(import.meta.dirname, "..");

/** Files of tests share a process: what one sets by hand, and not by `vi.stubEnv`, the next ones find. */
const SET_BY_HAND = [
  /\bprocess\.env(?:\.\w+|\[[^\]]+\])?\s*(?:\?\?|\|\|)?=(?![=>])/,
  /\bdelete process\.env\b/,
  /\bObject\.assign\(process\.env\b/,
];

/** They run before all tests, or set it back themselves: CDK reads its context from nowhere else. */
const ALLOWED = new Set(["global-setup.ts", "lib/stacks/stage-templates.ts"]);

const byHand = (text: string): string[] => SET_BY_HAND.flatMap((way) => way.exec(text)?.[0] ?? []);

describe("no test sets the environment for those that come after it", () => {
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !ALLOWED.has(path) && join(tests, path) !== import.meta.filename,
  );

  it("of all", () => {
    expect(files.length).toBeGreaterThan(200);
    const found = files.map((path) => [path, ...byHand(readFileSync(join(tests, path), "utf8"))]);
    expect(found.filter(([, ...ways]) => ways.length > 0)).toEqual([]);
  });

  it.each([
    'process.env.AWS_REGION = "x";',
    'process.env["AWS_REGION"] ??= "x";',
    "process.env = before;",
    "delete process.env.TMPDIR;",
    "Object.assign(process.env, server.environment);",
  ])("and %s would be found", (text) => {
    expect(byHand(text)).not.toEqual([]);
  });
});
