import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const tests = join(import.meta.dirname, "..");

/** What matches of a text, by each pattern once. */
export const matchesOf = (patterns: readonly RegExp[], text: string): string[] =>
  patterns.flatMap((pattern) => pattern.exec(text)?.[0] ?? []);

/** What matches in files of `test/`, and of how many: paths are from there. */
export function inTests(patterns: readonly RegExp[], isAsked: (path: string) => boolean) {
  const files = readdirSync(tests, { recursive: true, encoding: "utf8" }).filter(isAsked);
  const found = files.map((path) => [path, ...matchesOf(patterns, readFileSync(join(tests, path), "utf8"))]);
  return { files: files.length, found: found.filter(([, ...matches]) => matches.length > 0) };
}
