import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = ["", "docs", "docs/adr"].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join(folder, name)),
);

const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** Anchors of headings, as GitHub makes them. */
const anchorsOf = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );

/** Links of a page to files of the repository, with what is wrong with each that leads nowhere. */
function brokenLinks(page: string, text: string): string[] {
  return [...text.replace(/```.*?```/gs, "").matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^[a-z]+:/.test(link!)) return [];
    const [path, anchor] = link!.split("#") as [string, string | undefined];
    const to = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, to))) return [`${link}: no such file`];
    return anchor !== undefined && !anchorsOf(read(to)).has(anchor) ? [`${link}: no such heading`] : [];
  });
}

describe("links of the documentation lead somewhere", () => {
  it.each(PAGES)("%s", (page) => {
    expect(brokenLinks(page, read(page))).toEqual([]);
  });

  it("one that does not is found", () => {
    const text = "[a](no-such.md) [b](README.md#no-such-heading) [c](README.md#two-commands) [d](https://example.org)";
    expect(brokenLinks("README.md", text)).toEqual([
      "no-such.md: no such file",
      "README.md#no-such-heading: no such heading",
    ]);
  });
});
