import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { normal, random } from "../../../lib/domain/random.ts";
import type { Film } from "../../../lib/imaging/film.ts";
import { checkPlausibility } from "../../../lib/imaging/plausibility.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { writePhantoms } from "../../../lib/phantoms/write-phantoms.ts";
import {
  AWKWARD,
  AWKWARD_REFUSALS,
  drawnFilm,
  filmsUnder,
  hasAwkward,
  hasRealFilms,
  REAL_FILMS,
  refusal,
} from "./films.ts";

type Look = (x: number, y: number) => number;

/** A picture of 256 x 256 from grey values 0 to 1. */
function film(look: Look, { colourfulness = 0, width = 256, height = 256 } = {}): Film {
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    Math.round(255 * Math.min(1, Math.max(0, look((i % width) / width, Math.floor(i / width) / height)))),
  );
  return {
    image: { width, height, maxValue: 255, data },
    facts: { format: "png", width, height, bitDepth: 8, view: null },
    colourfulness,
    warnings: [],
  };
}

const ofImage = (image: Film["image"], colourfulness = 0): Film => ({ ...film(() => 0), image, colourfulness });
const codes = (subject: Film): string[] => checkPlausibility(subject).map(({ code }) => code);
const negative = (image: Film["image"]): Film["image"] => ({
  ...image,
  data: image.data.map((v) => image.maxValue - v),
});

/** A quarter turn clockwise. */
function turned({ data, width, height, maxValue }: Film["image"]): Film["image"] {
  const turnedData = data.map((_, i) => data[(height - 1 - (i % height)) * width + Math.floor(i / height)]!);
  return { data: turnedData, width: height, height: width, maxValue };
}

describe("refused", () => {
  const next = random(7, "noise");
  test.each<[string, string, Film]>([
    ["black", "no-signal", film(() => 0)],
    ["white", "no-signal", film(() => 1)],
    ["one grey", "no-signal", film(() => 0.4)],
    ["uniform noise", "not-a-chest-film", film(() => next())],
    ["normal noise", "not-a-chest-film", film(() => 0.5 + 0.15 * normal(next))],
    ["a page of print", "not-a-chest-film", film((x, y) => ((y * 40) % 1 < 0.3 && (x * 90) % 1 < 0.4 ? 0 : 1))],
  ])("%s: %s", async (_, code, subject) => {
    expect(await refusal(Promise.resolve().then(() => checkPlausibility(subject)))).toBe(code);
  });
});

describe("doubted", () => {
  test("a drawn chest is not", () => expect(codes(ofImage(drawnFilm()))).toEqual([]));
  test("a drawn chest of 12 bits is not", () => expect(codes(ofImage(drawnFilm(320, 384, 4095)))).toEqual([]));
  test("its negative is an inverted film", () =>
    expect(codes(ofImage(negative(drawnFilm())))).toEqual(["inverted-film"]));
  test("on its side or upside down it is a rotated film", () => {
    const upright = drawnFilm();
    const onItsSide = turned(upright);
    expect(codes(ofImage(onItsSide))).toEqual(["rotated-film"]);
    expect(codes(ofImage(turned(onItsSide)))).toEqual(["rotated-film"]);
    expect(codes(ofImage(turned(turned(onItsSide))))).toEqual(["rotated-film"]);
  });
  test("in colour", () => expect(codes(ofImage(drawnFilm(), 0.3))).toEqual(["not-a-chest-film"]));
  test("a panorama", () => expect(codes(ofImage(drawnFilm(900, 300)))).toEqual(["not-a-chest-film"]));
  test("a bright blob on black", () => {
    expect(codes(film((x, y) => Math.exp(-((x - 0.25) ** 2 + (y - 0.4) ** 2) * 40)))).not.toEqual([]);
  });
  test("hardly any contrast", () => {
    const faint = drawnFilm(320, 384, 4095);
    expect(codes(ofImage({ ...faint, data: faint.data.map((v) => 2000 + v / 7) }))).toEqual(["low-contrast"]);
  });
  test("a small one", () => expect(codes(ofImage(drawnFilm(90, 100)))).toEqual(["small-film"]));
});

describe("phantoms", () => {
  let folder: string;
  beforeAll(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "hilum-plausibility-")), "phantoms");
    await writePhantoms({ folder, seed: 21, frontalFilms: 60 });
  });
  afterAll(() => rm(join(folder, ".."), { recursive: true, force: true }));

  test("none of the frontal ones is doubted or refused", async () => {
    const files = filmsUnder(folder).filter((path) => path.includes("frontal"));
    expect(files.length).toBeGreaterThanOrEqual(60);
    for (const file of files) expect(codes(await readFilm(readFileSync(file)))).toEqual([]);
  });
});

describe.skipIf(!hasRealFilms)("real films", () => {
  test("none of 200 is doubted or refused; the negative of each is seen, and most that lie on their side or head", async () => {
    const files = filmsUnder(REAL_FILMS);
    expect(files).toHaveLength(200);
    let seenTurned = 0;
    for (const file of files) {
      const read = await readFilm(readFileSync(file));
      expect(codes(read)).toEqual([]);
      expect(codes({ ...read, image: negative(read.image) })).toContain("inverted-film");
      const side = turned(read.image);
      for (const image of [side, turned(side)]) seenTurned += Number(codes({ ...read, image }).length > 0);
    }
    expect(seenTurned / (2 * files.length)).toBeGreaterThan(0.75);
  });
});

describe.skipIf(!hasAwkward)("awkward files come out as their list says", () => {
  /** What each file of expected.csv may come to; `expected` in words there. */
  const OUTCOMES: Readonly<Record<string, string>> = {
    ...AWKWARD_REFUSALS,
    "leg_radiograph.png": "doubted not-a-chest-film",
  };
  const rows: { file: string; expected: string }[] = hasAwkward
    ? parse(readFileSync(`${AWKWARD}/expected.csv`), { columns: true })
    : [];

  test.each(rows)("$file: $expected", async ({ file, expected }) => {
    let doubts: string[] = [];
    const outcome = await refusal(
      readFilm(readFileSync(`${AWKWARD}/${file}`)).then((read) => {
        doubts = [...read.warnings.map(({ code }) => code), ...codes(read)];
      }),
    );
    const told = outcome !== "answered" ? outcome : doubts.length > 0 ? `doubted ${doubts.join()}` : "answered";
    expect(told).toBe(OUTCOMES[file] ?? "answered");
    expect(expected.startsWith("200")).toBe(told === "answered");
  });
});
