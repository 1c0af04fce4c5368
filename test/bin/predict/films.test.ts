import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFilms } from "../../../bin/cli/predict/films.ts";
import { refusal } from "../../lib/imaging/films.ts";

const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

let folder: string;
const at = (path: string) => join(folder, path);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-films-"));
  const files: Record<string, Uint8Array> = {
    "b/film.png": PNG,
    "a/film.png": PNG,
    "a/without-ending": PNG,
    "a/broken.dcm": Uint8Array.of(),
    "a/notes.txt": Uint8Array.of(1, 2, 3),
    "a/.hidden.png": PNG,
    "a/maps/old.png": PNG,
    "empty/notes.txt": Uint8Array.of(),
  };
  for (const [path, bytes] of Object.entries(files)) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), bytes);
  }
  await symlink(folder, at("a/round"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a folder's films are those by name or by first bytes, in order, each once", async () => {
  const { films, passedOver } = await findFilms([at("a"), at("b/film.png"), at("a/film.png")], at("a/maps"));
  expect(films.map(({ path }) => path)).toEqual(
    ["a/broken.dcm", "a/film.png", "a/round/b/film.png", "a/without-ending", "b/film.png"].map(at),
  );
  expect(passedOver).toBe(2);
});

test("a file that is named is a film, whatever it is and whether it is there", async () => {
  const { films, passedOver } = await findFilms([at("a/notes.txt"), at("nowhere.png")]);
  expect(films.map(({ path }) => path)).toEqual(["a/notes.txt", "nowhere.png"].map(at));
  expect(passedOver).toBe(0);
});

test("a folder without films is told", async () => {
  expect(await refusal(findFilms([at("empty")]))).toBe("film-folder");
});

test("no path is a formula to a spreadsheet", async () => {
  const { films } = await findFilms(["=cmd.png", "-1.png", "film.png"]);
  expect(films.map(({ path }) => path)).toEqual(["./=cmd.png", "./-1.png", "film.png"]);
});
