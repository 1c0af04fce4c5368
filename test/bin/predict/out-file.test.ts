import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PredictionResult } from "../../../bin/cli/predict/answer.ts";
import { openOutFile } from "../../../bin/cli/predict/out-file.ts";
import { TemporaryError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import type { Finding } from "../../../lib/inference/findings.ts";
import { refusal } from "../../lib/imaging/films.ts";

const VERSION = "0123456789abcdef";
const BY = {
  model: { name: "phantoms", version: VERSION, sha256: VERSION.repeat(4) },
  notice: "not for clinical use",
  caution: null,
} as const;

/** Names that no format may stumble over. */
const NAMES = ["films/a.png", 'films/"quoted", b.png', "films/two\nlines.png", "films/ü.dcm", "films/broken.png"];

const resultOf = (file: string): PredictionResult =>
  file.includes("broken")
    ? { file, ...BY, error: { code: "film-damaged", message: 'the file "is" broken,\nso it is' } }
    : {
        file,
        ...BY,
        outOfDistribution: false,
        findings: OBSERVATIONS.map((observation, i): Finding => {
          const answer = { observation, status: "learned", probability: i / 20, threshold: 0.5 } as const;
          return { ...answer, decision: i >= 10 ? "above-threshold" : "below-threshold", withheld: null };
        }),
        warnings: [{ code: "low-contrast", message: "the film has little contrast" }],
      };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-out-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeAll(path: string): Promise<readonly string[]> {
  const file = await openOutFile(path, VERSION);
  const before = [...file.done.keys()];
  for (const name of NAMES) if (!file.done.has(name)) await file.write(resultOf(name));
  await file.close();
  return before;
}

describe.each(["out.csv", "out.jsonl"])("%s", (name) => {
  const path = () => join(folder, name);
  let whole: Buffer;

  beforeAll(async () => {
    await writeAll(path());
    whole = await readFile(path());
  });

  test("goes on after a kill at any byte: no film twice, none lost, no half line", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), async (length) => {
        await writeFile(path(), whole.subarray(0, length));
        const before = await writeAll(path());
        expect(before).toEqual(NAMES.slice(0, before.length));
        expect((await readFile(path())).equals(whole)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test("knows which films failed, and why", async () => {
    await writeAll(path());
    const file = await openOutFile(path(), VERSION);
    await file.close();
    expect([...file.done]).toEqual(NAMES.map((film) => [film, film.includes("broken") ? "film-damaged" : null]));
  });

  test("another model's answers stay as they are", async () => {
    expect(await refusal(openOutFile(path(), "fedcba9876543210"))).toBe("out-file");
    expect((await readFile(path())).equals(whole)).toBe(true);
  });

  test.each(["Path,Sex\na.png,Male\n", "some notes", "{}\n", '{"a":1}\n{"file":', "\n"])(
    "what is no such file stays as it is: %j",
    async (text) => {
      const other = join(folder, `other-${name}`);
      await writeFile(other, text);
      expect(await refusal(openOutFile(other, VERSION))).toBe("out-file");
      expect(await readFile(other, "utf8")).toBe(text);
    },
  );

  test("is written by one process at a time", async () => {
    const other = join(folder, `shared-${name}`);
    const first = await openOutFile(other, VERSION);
    await expect(openOutFile(other, VERSION)).rejects.toThrow(TemporaryError);
    await first.close();
    await (await openOutFile(other, VERSION)).close();
    await expect(stat(`${other}.lock`)).rejects.toThrow("ENOENT");
  });
});

test("another ending is told", async () => {
  expect(await refusal(openOutFile(join(folder, "out.parquet"), VERSION))).toBe("out-file");
});
