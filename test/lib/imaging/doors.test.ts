import { existsSync, readdirSync, readFileSync } from "node:fs";
import dcmjsCodecs from "dcmjs-codecs";
import { afterAll, describe, expect, test } from "vitest";
import { resizeToSquare } from "../../../lib/engine/resize.ts";
import { drawnFilm, hasOddFilms, ODD_FILMS } from "./films.ts";
import { isSame, openDoors, told } from "./kinds/doors.ts";
import { JPEG } from "./kinds/jpeg.ts";
import type { Kind } from "./kinds/kind.ts";
import { DICOM, NON_FILMS, TIFF_AND_WEBP } from "./kinds/others.ts";
import { PNG } from "./kinds/png.ts";

await dcmjsCodecs.NativeCodecs.initializeAsync();

const geometry = { size: 64, fit: "pad", resize: "antialias" } as const;
const { doors, close } = openDoors(geometry);
afterAll(close);

const film = drawnFilm(118, 141);
const wanted = resizeToSquare(film, geometry);

describe("one film, one picture, at every door", () => {
  test.each<Kind>([...PNG, ...JPEG, ...TIFF_AND_WEBP, ...DICOM, ...NON_FILMS])("$name", async ({ write, expected }) => {
    const file = await write(film);
    const outcomes = await Promise.all(Object.values(doors).map((door) => door(file)));
    const [first] = outcomes;
    for (const outcome of outcomes) expect(isSame(outcome, first!), outcomes.map(told).join()).toBe(true);
    if (typeof first === "string" || first === undefined) {
      expect(first).toBe(expected);
      return;
    }
    const difference = first.square.reduce((sum, value, i) => sum + Math.abs(value - wanted[i]!), 0) / wanted.length;
    expect(typeof expected === "number" ? difference : told(first)).toBeLessThanOrEqual(Number(expected));
    expect([first.width, first.height]).toEqual([film.width, film.height]);
  });
});

describe.skipIf(!hasOddFilms)(
  "files that other readers stumbled over are the film beside them, or refused, at every door",
  () => {
    const rows = hasOddFilms ? filesBesideTheirTwins() : [];

    test.each(rows)("%s", async (file, twin) => {
      const outcomes = await Promise.all(Object.values(doors).map((door) => door(readFileSync(file))));
      const wanted = await doors.serving(readFileSync(twin));
      for (const outcome of outcomes) {
        expect(isSame(outcome, outcomes[0]!), outcomes.map(told).join()).toBe(true);
        if (typeof outcome === "string" || typeof wanted === "string") continue;
        const away = outcome.square.reduce((sum, value, i) => sum + Math.abs(value - wanted.square[i]!), 0);
        expect(away / outcome.square.length).toBeLessThan(1);
      }
    });
  },
);

/** Paths of files and of the plain film that each must come out as. */
function filesBesideTheirTwins(): [file: string, twin: string][] {
  return readdirSync(ODD_FILMS).flatMap((folder) => {
    const twin = `${ODD_FILMS}/${folder}/twin.png`;
    if (!existsSync(twin)) return [];
    const files = readdirSync(`${ODD_FILMS}/${folder}`).filter((name) => /\.(dcm|png|jpe?g|tiff?)$/.test(name));
    return files
      .filter((name) => name !== "twin.png")
      .map((name): [string, string] => [`${ODD_FILMS}/${folder}/${name}`, twin]);
  });
}
