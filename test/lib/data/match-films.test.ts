import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matchFilms } from "../../../lib/data/match-films.ts";

const number = (i: number, digits: number): string => String(i).padStart(digits, "0");

/** Paths as data sets have them, each with how many of its first folders need not be there. */
const SETS: Record<string, { path: (i: number) => string; spare: number }> = {
  NIH: { path: (i) => `${number(i >> 1, 8)}_${number(i % 2, 3)}.png`, spare: 0 },
  CheXpert: {
    path: (i) => `CheXpert-v1.0-small/train/patient${number(i, 5)}/study1/view1_frontal.jpg`,
    spare: 1,
  },
  MIMIC: { path: (i) => `files/p1${i % 10}/p1${number(i, 7)}/s5/${number(i, 8)}-0a.jpg`, spare: 1 },
  "a ward": { path: (i) => `films/Zöller ${i}/1.2.840.${i}.dcm`, spare: 1 },
};

/** What people do to a folder of films, by the path in it and its place. */
const LAYOUTS: Record<string, (path: string, i: number) => string> = {
  "as it is": (path) => path,
  "without the first folder": (path) => (path.includes("/") ? path.slice(path.indexOf("/") + 1) : path),
  "in a folder": (path) => `images/${path}`,
  "in twelve folders": (path, i) => `images_${number(1 + (i % 12), 3)}/images/${path}`,
  "ending in capitals": (path) => path.replace(/\.\w+$/, (ending) => ending.toUpperCase()),
  "in capitals": (path) => path.toUpperCase(),
  "as another kind of file": (path) => path.replace(/\.\w+$/, ".tiff"),
  "without an ending": (path) => path.replace(/\.[a-z]+$/, ""),
  decomposed: (path) => path.normalize("NFD"),
  "under another name, deep below": (path) => `disk2/2021/${path.slice(path.indexOf("/") + 1).toLowerCase()}`,
  "each in another way": (path, i) => (i % 2 === 0 ? path : `more/${path.toUpperCase()}`),
};

describe.each(Object.entries(SETS))("films of %s", (_, { path, spare }) => {
  test.each(Object.entries(LAYOUTS))("%s: each row has its own film or none, whatever the order", (_, place) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(500), { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.boolean()),
        fc.integer({ min: 1, max: 1000 }),
        (films, there, turn) => {
          const paths = films.map(path);
          const expected = films.map((i) => (there.next().value ? place(path(i), i) : null));
          const others = ["notes.txt", "._1.png", "results/deep/patient/view1_frontal.png", "1.2.840.dcm"];
          const keys = [...expected.filter((key) => key !== null), ...others];
          keys.sort((a, b) => ((a.length * turn) % 7) - ((b.length * turn) % 7) || (a < b ? 1 : -1));
          expect(matchFilms(paths, keys, () => spare)).toEqual({ films: expected, several: [] });
          expect(matchFilms(paths, keys.toReversed(), () => spare)).toEqual({ films: expected, several: [] });
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("a film is nobody's where it could be another's", () => {
  const match = (paths: string[], keys: string[], spare = 1) => matchFilms(paths, keys, () => spare);

  test("a name alone, of a row that says more", () => {
    expect(match(["films/7/1.png"], ["films/8/1.png", "1/1.png"]).films).toEqual([null]);
    expect(match(["test/1.png"], ["train/1.png"]).films).toEqual([null]);
    expect(match(["valid/patient1/study1/a.jpg"], ["train/patient1/study1/a.jpg"], 0).films).toEqual([null]);
  });

  test("numbers are no endings: UIDs that differ in the last one", () => {
    expect(match(["1.2.840.5"], ["1.2.840.6"]).films).toEqual([null]);
    expect(match(["1.2.840.5", "1.2.840.6"], ["1.2.840.6.dcm", "1.2.840.5.dcm"]).films).toEqual([
      "1.2.840.5.dcm",
      "1.2.840.6.dcm",
    ]);
  });

  test("several that are as good as one another are told; what is written as the row is before others, and what lies where it says", () => {
    expect(match(["1.png"], ["b/1.png", "a/1.PNG", "a/1.png"])).toEqual({
      films: [null],
      several: [{ row: 0, keys: ["a/1.png", "b/1.png"] }],
    });
    expect(match(["1.png"], ["b/1.PNG", "a/1.png"]).films).toEqual(["a/1.png"]);
    expect(match(["1.png"], ["b/1.png", "a/1.png", "1.png"]).films).toEqual(["1.png"]);
    expect(match(["a/1.png"], ["1.jpg", "1.png", "a/1.jpg"]).films).toEqual(["1.png"]);
  });
});
