import { describe, expect, it } from "vitest";
import { inTests, matchesOf } from "./in-tests.ts";

/** Files of tests share a process: what one sets by hand, and not by `vi.stubEnv`, the next ones find. */
const SET_BY_HAND = [
  /\bprocess\.env(?:\.\w+|\[[^\]]+\])?\s*(?:\?\?|\|\|)?=(?![=>])/,
  /\bdelete process\.env\b/,
  /\bObject\.assign\(process\.env\b/,
];

/** They run before all tests, or set it back themselves: CDK reads its context from nowhere else. */
const ALLOWED = new Set(["global-setup.ts", "lib/stacks/stage-templates.ts"]);

describe("no test sets the environment for those that come after it", () => {
  it("of all", () => {
    const isAsked = (path: string) => path.endsWith(".ts") && !ALLOWED.has(path) && path !== "lint/environment.test.ts";
    const { files, found } = inTests(SET_BY_HAND, isAsked);
    expect(files).toBeGreaterThan(200);
    expect(found).toEqual([]);
  });

  it.each([
    'process.env.AWS_REGION = "x";',
    'process.env["AWS_REGION"] ??= "x";',
    "process.env = before;",
    "delete process.env.TMPDIR;",
    "Object.assign(process.env, server.environment);",
  ])("and %s would be found", (text) => {
    expect(matchesOf(SET_BY_HAND, text)).not.toEqual([]);
  });
});
