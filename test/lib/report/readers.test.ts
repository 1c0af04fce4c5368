import { expect, test } from "vitest";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { readersText } from "../../../lib/report/sections/readers.ts";

const positives = (found: Readonly<Record<string, number>>) => OBSERVATIONS.map((name) => found[name] ?? 0);

const READERS = [
  {
    reader: "0a1b2c3d4e5f6a7b",
    rows: 1200,
    train: 1000,
    leftOut: 37,
    positives: positives({ Edema: 12, Fracture: 3 }),
  },
  { reader: "local", rows: 4, train: 3, leftOut: 0, positives: positives({}) },
];

test("who taught what: each reader with films, those left out, and what was found", () => {
  const { markup } = readersText({ share: 0.05, alone: false, readers: READERS });
  expect(markup).toMatch(/0a1b2c3d4e5f6a7b.*1,200.*1,000.*37.*Edema 12 and Fracture 3/);
  expect(markup).toMatch(/local.*4.*3.*0.*none/);
  expect(markup).toMatch(/5\.0 % may be one reader.*\(data\.readerShare\)/);
  expect(readersText({ share: 0.05, alone: true, readers: READERS }).markup).toMatch(/none of them is held to a share/);
});
