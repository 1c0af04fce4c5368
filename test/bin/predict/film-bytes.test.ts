import { execFile } from "node:child_process";
import { mkdtemp, open, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readFilmFile } from "../../../bin/cli/predict/film-bytes.ts";
import { findFilms } from "../../../bin/cli/predict/films.ts";

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-film-bytes-"));
  await writeFile(at("film.png"), "a film");
  await promisify(execFile)("mkfifo", [at("pipe")]);
  await symlink(at("pipe"), at("link-to-pipe"));
  await symlink("/dev/zero", at("zero.png"));
  const huge = await open(at("huge.tif"), "w");
  await huge.truncate(2 ** 28 + 1);
  await huge.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a film's file is read whole", async () => {
  expect(Buffer.from(await readFilmFile(at("film.png"))).toString()).toBe("a film");
});

test.each([
  ["pipe", "a pipe or a device, expected a file"],
  ["link-to-pipe", "a pipe or a device"],
  ["zero.png", "a pipe or a device"],
  ["huge.tif", "more than 256 MiB"],
  ["", "a folder, expected a file"],
  ["none.png", "no such file"],
])("%s is refused, and nobody waits for it", async (name, reason) => {
  await expect(readFilmFile(at(name))).rejects.toMatchObject({
    code: "film-file",
    message: expect.stringContaining(reason),
  });
});

test("a folder with a link to a pipe is listed without waiting for it", async () => {
  const { films, passedOver } = await findFilms([folder]);
  expect(films.map(({ path }) => path)).toEqual(["film.png", "huge.tif", "zero.png"].map(at));
  expect(passedOver).toBe(1);
});
