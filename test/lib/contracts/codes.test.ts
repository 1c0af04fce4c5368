import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  FILM_REFUSALS,
  FILM_WARNINGS,
  MAP_WARNINGS,
  REQUEST_PROBLEMS,
  refusal,
  SERVICE_PROBLEMS,
} from "../../../lib/contracts/codes.ts";
import { codecOf } from "../../../lib/imaging/dicom/codecs.ts";
import { READ, RLE, UNCOMPRESSED } from "../../../lib/imaging/dicom/transfer-syntaxes.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Sources of what answers a request, as one text. */
const sources = (...folders: string[]): string =>
  folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .map((name) => readFileSync(join(ROOT, folder, name), "utf8")),
    )
    .join("\n");

const PROBLEMS = { ...FILM_REFUSALS, ...REQUEST_PROBLEMS, ...SERVICE_PROBLEMS };
/** That no answer tells: of starting a service, and of a caller who has gone. */
const UNTOLD = new Set([
  ...["port-in-use", "feature-space", "no-distribution-check", "no-cache", "content-type", "allow"],
  "caller-gone",
]);

describe("one place for every code", () => {
  test("what the API and the readers of films throw stands in it", () => {
    const thrown = sources("functions/api", "lib/imaging", "lib/inference", "lib/parallel").matchAll(
      /new (?:Input|Limit|Temporary)Error\(\s*"([a-z-]+)"/g,
    );
    const codes = new Set([...thrown].map(([, code]) => code!).filter((code) => !UNTOLD.has(code)));
    expect(codes.size).toBeGreaterThan(20);
    expect([...codes].filter((code) => !Object.hasOwn(PROBLEMS, code))).toEqual([]);
  });

  test("a code is a refusal or a problem, never both, and two of them never say the same", () => {
    const texts = Object.values(PROBLEMS).map(({ text }) => text as string);
    expect(new Set(texts).size).toBe(texts.length);
    const all = [FILM_REFUSALS, REQUEST_PROBLEMS, SERVICE_PROBLEMS].flatMap((codes) => Object.keys(codes));
    expect(new Set(all).size).toBe(all.length);
  });

  test("a message begins with the code's words, in one sentence without its end", () => {
    expect(refusal("film-damaged", "PNG").message).toBe("the file is damaged (PNG)");
    const texts = [...Object.values(PROBLEMS).map(({ text }) => text as string), ...Object.values(FILM_WARNINGS)];
    for (const text of [...texts, ...Object.values(MAP_WARNINGS)]) expect(text).toMatch(/^[a-zN].*[^.]$/s);
  });

  test("a transfer syntax that is said to be read has its decoder", () => {
    const without = Object.keys(READ).filter((uid) => !UNCOMPRESSED.has(uid) && uid !== RLE && !codecOf(uid));
    expect(without).toEqual([]);
  });
});
