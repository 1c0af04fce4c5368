import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inPaths } from "../../bin/cli/places.ts";
import { readFilmFile } from "../../bin/cli/predict/film-bytes.ts";
import { findFilms } from "../../bin/cli/predict/films.ts";
import { readLabels } from "../../lib/data/manifest.ts";
import { csvText } from "../../lib/evaluation/predictions-csv.ts";
import { HEADER } from "../lib/data/source-folder.ts";

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

test.each<[string, string]>([
  ["a\nb", "a\\nb"],
  ["\u001b[31mred", "\\u001b[31mred"],
  ["\u202eltr\r", "\\u202eltr\\r"],
])("what is told is one line, whatever %j is called", (name, shown) => {
  expect(inPaths(`/x/${name}/train.csv line 2: 13 labels`)).toBe(`/x/${shown}/train.csv line 2: 13 labels`);
  const uri = pathToFileURL(`/nowhere/${name}`).href;
  expect(inPaths(`${uri}: no such folder`)).toBe(`/nowhere/${shown}: no such folder`);
});

test("a row that names its film in bytes that are no UTF-8 is refused with its line; in UTF-8 any name is read", async () => {
  const read = (path: Buffer) => {
    const row = Buffer.concat([path, Buffer.from(`,Male,50,Frontal,AP${",".repeat(14)}`)]);
    async function* stream() {
      yield Buffer.concat([Buffer.from(`${HEADER}\n`), row]);
    }
    return readLabels([{ name: "train.csv", folder: "", stream }]);
  };
  const path = (name: Buffer) => Buffer.concat([Buffer.from("patient1/study1/"), name]);
  const { path: kept } = await read(path(Buffer.from("caf\u00e9 \u4e2d.jpg")));
  expect(kept).toEqual(["patient1/study1/caf\u00e9 \u4e2d.jpg"]);
  await expect(read(path(Buffer.from("caf\xe9.jpg", "latin1")))).rejects.toThrow(
    /^train\.csv line 2: Path is not in UTF-8, expected /,
  );
});
