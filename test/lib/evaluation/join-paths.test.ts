import { expect, test } from "vitest";
import { joinPaths } from "../../../lib/evaluation/join-paths.ts";

const join = (labels: readonly string[], predictions: readonly string[]) =>
  joinPaths({ file: "labels.csv", paths: labels }, { file: "predictions.csv", paths: predictions });

const film = (patient: number, part = "valid") => `${part}/patient${patient}/study1/view1_frontal.jpg`;

test("paths that are the same are joined, those that are in one file alone are not", () => {
  expect(join(["set/a.png", "set/b.png"], ["set/b.png", "c.png"])).toEqual({
    joinedBy: "path",
    places: [undefined, 0],
  });
});

test.each([
  ["an absolute folder before", "set/", "/data/films/set/"],
  ["a folder as it was typed before", "set/", "../set/"],
  ["another name of the data set's folder", "CheXpert-v1.0-small/", "./chexpert/"],
  ["a folder in the labels alone", "set/", ""],
])("paths with %s are joined by their common ending", (_, labels, predictions) => {
  const joined = join(
    [1, 2, 3].map((n) => labels + film(n)),
    [3, 1, 4].map((n) => predictions + film(n)),
  );
  expect(joined).toEqual({ joinedBy: "path-ending", places: [1, undefined, 0] });
});

test("no film is taken for that of another patient, nor for one of the same name in another folder", () => {
  expect(() => join([`set/${film(1)}`], [`/data/set/${film(2)}`])).toThrow(/no row for "set\/valid/);
  const joined = join(
    [film(1), film(2), film(3, "train")].map((path) => `set/${path}`),
    [film(1), film(2), film(3)].map((path) => `/data/set/${path}`),
  );
  expect(joined.places).toEqual([0, 1, undefined]);
});

test("where paths could begin in several folders, or in none, it is told how to mend that", () => {
  expect(() => join(["set/1.png", "set/2.png"], ["/a/1.png", "/b/2.png"])).toThrow(
    /could begin in "a\/" or "b\/"; give both files the same Path/,
  );
  expect(() => join(["set/1.png"], ["/a/1.png", "/b/1.png"])).toThrow(
    /no row for "set\/1.png".*"\/a\/1.png"; give both/,
  );
});
