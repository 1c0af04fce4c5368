import fc from "fast-check";
import { expect, test } from "vitest";
import { mostReaders } from "../../../lib/data/sources/most-readers.ts";
import type { FilmRow } from "../../../lib/data/sources/source-format.ts";
import { BLANK, NOT_LABELLED } from "../../../lib/domain/label-policy.ts";

const row = (labels: readonly number[], more: Partial<FilmRow> = {}): FilmRow => ({
  ...{ line: 2, path: "a.png", source: "", patient: "1", study: "1", sex: "Unknown", age: -1, view: "frontal" },
  ...{ projection: "", labels, ...more },
});
const most = (labels: readonly number[]): number =>
  mostReaders(
    "x.csv",
    labels.map((label) => row([label])),
  )[0]!.labels[0]!;

test("what most say who say anything counts, whatever the order, and as many on either side is uncertain", () => {
  const reading = fc.constantFrom(1, 0, -1, BLANK, NOT_LABELLED);
  fc.assert(
    fc.property(fc.array(reading, { minLength: 1, maxLength: 7 }), (labels) => {
      const found = most(labels);
      expect(most(labels.toReversed())).toBe(found);
      const [present, absent, uncertain] = [1, 0, -1].map((value) => labels.filter((label) => label === value).length);
      const said = present! + absent! + uncertain!;
      if (said === 0) expect(found).toBe(Math.max(...labels));
      else expect(found).toBe(present! > said / 2 ? 1 : absent! > said / 2 ? 0 : -1);
    }),
  );
});

test("films are told apart by their path, in the order of their first row, and a film of two patients is an error", () => {
  const rows = [row([1]), row([0], { path: "b.png" }), row([1]), row([0], { path: "b.png", line: 5 })];
  expect(mostReaders("x.csv", rows)).toEqual([row([1]), row([0], { path: "b.png" })]);
  expect(() => mostReaders("x.csv", [row([1]), row([1], { patient: "2", line: 3 })])).toThrow(
    "x.csv line 3: the film of line 2 with another patient",
  );
});
