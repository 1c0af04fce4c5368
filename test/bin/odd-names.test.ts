import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readFilmFile } from "../../bin/cli/predict/film-bytes.ts";
import { findFilms } from "../../bin/cli/predict/films.ts";
import { csvText } from "../../lib/evaluation/predictions-csv.ts";

const PNG = Buffer.from("\x89PNG\r\n\x1a\nfilm", "latin1");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-odd-names-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("films of any name are found and read, under names that can be shown", async () => {
  const names = ["\u001b]0;x\u0007.png", "a\nb.png", "\u202egnp.png", "caf\u00e9.png"].map((name) => Buffer.from(name));
  names.push(Buffer.from("caf\xe9.png", "latin1"), Buffer.from("\xff\xfe", "latin1"));
  for (const name of names) await writeFile(Buffer.concat([Buffer.from(`${folder}/`), name]), PNG);
  const { films } = await findFilms([folder]);
  expect(films.map(({ path }) => path.slice(folder.length + 1)).sort()).toEqual(
    ["\\u001b]0;x\\u0007.png", "a\\nb.png", "\\u202egnp.png", "café.png", "caf\\xe9.png", "\\xff\\xfe"].sort(),
  );
  for (const { path, bytes } of films) expect(await readFilmFile(path, bytes)).toEqual(PNG);
});

test("a cell of CSV is no formula, and moves no cursor", () => {
  expect(csvText('=1+1\u001b[2J\n"')).toBe(`"'=1+1\\u001b[2J\n"""`);
  expect(csvText("\rx")).toBe("'\\rx");
});
