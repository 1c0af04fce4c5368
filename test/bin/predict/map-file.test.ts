import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mapFile } from "../../../bin/cli/predict/map-file.ts";

let folder: string;
const at = (path: string) => join(folder, path);
const nameOf = async (maps: string, film: string) => (await mapFile(maps, film, "Lung Lesion")).slice(maps.length + 1);

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "hilum-maps-")));
  await mkdir(at("work/maps"), { recursive: true });
  await symlink(at("work/maps"), at("link"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a film's map is named by its path from where the maps lie, whichever way that folder is named", async () => {
  for (const maps of [at("work/maps"), at("link")]) {
    expect(await nameOf(maps, at("work/film.png"))).toBe("film.png.lung-lesion.png");
    expect(await nameOf(maps, at("work/b/../a/film.png"))).toBe("a/film.png.lung-lesion.png");
  }
});

test("a film from elsewhere has its whole path, which no film beside the maps can have", async () => {
  const film = at("other/film.png");
  const elsewhere = `root${film}.lung-lesion.png`;
  expect(await nameOf(at("work/maps"), film)).toBe(elsewhere);
  expect(await nameOf(at("work/maps"), at(`work/root${film}`))).not.toBe(elsewhere);
});
