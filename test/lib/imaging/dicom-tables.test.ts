import { describe, expect, test } from "vitest";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { type DicomTags, dicomFile, type Picture, SYNTAX, type Value } from "./dicom-file.ts";
import { drawnFilm } from "./films.ts";

/** Tables whose descriptor says another depth than their entries have, in every place where a table may stand. */
const width = 67;
const height = 50;
const drawn = drawnFilm(width, height, 65_535);

function film(bits: number): Picture {
  const values = Int32Array.from(drawn.data, (value) => value >> (16 - bits));
  values[0] = 2 ** bits - 1;
  return { width, height, bitsAllocated: bits > 8 ? 16 : 8, bitsStored: bits, values };
}

const SYNTAXES = ["explicit", "implicit", "bigEndian"] as const;

describe("a VOI table is as deep as its entries", () => {
  const depths: readonly [declared: number, entries: number][] = [
    ...([8, 10, 12, 14, 16] as const).flatMap((declared) =>
      ([8, 10, 12, 14, 16] as const).map((entries): [number, number] => [declared, entries]),
    ),
    [0, 12],
    [17, 12],
    [255, 16],
  ];
  const cases = depths.flatMap(([declared, entries]) =>
    SYNTAXES.flatMap((syntax) =>
      ["MONOCHROME1", "MONOCHROME2"].flatMap((photometric) =>
        [false, true].map((inverting) => ({ declared, entries, syntax, photometric, inverting })),
      ),
    ),
  );

  test.each(cases)(
    "$declared bits declared for entries of $entries, $syntax, $photometric, inverting: $inverting",
    async ({ declared, entries, syntax, photometric, inverting }) => {
      const stored = film(12);
      const white = 2 ** entries - 1;
      const table = Array.from({ length: 4096 }, (_, i) => Math.round(((inverting ? 4095 - i : i) / 4095) * white));
      const tags: DicomTags = {
        "00280004": ["CS", photometric],
        "00283010": ["SQ", [{ "00283002": ["US", [4096, 0, declared]], "00283006": ["OW", table] }]],
      };
      const { image, warnings } = await readFilm(dicomFile(stored, { tags, syntax: SYNTAX[syntax] }));
      const isTurned = inverting !== (photometric === "MONOCHROME1");
      const differences = Array.from(image.data, (value, i) =>
        Math.abs(value - (isTurned ? 4095 - stored.values[i]! : stored.values[i]!)),
      );
      expect(Math.max(...differences)).toBeLessThanOrEqual(4095 / white);
      expect(warnings).toEqual([]);
    },
  );
});

describe("a palette is as deep as its entries", () => {
  const stored = film(8);
  const bytes = (values: readonly number[]): Value => Uint8Array.from(values);
  const kinds: readonly [string, number, (i: number) => number, boolean][] = [
    ["16 bits", 16, (i) => i * 257, false],
    ["8 bits in words of 16", 16, (i) => i, false],
    ["12 bits in words of 16", 16, (i) => Math.round((i / 255) * 4095), false],
    ["8 bits in words, as declared", 8, (i) => i, false],
    ["16 bits, declared as 8", 8, (i) => i * 257, false],
    ["8 bits, two in a word", 8, (i) => i, true],
  ];
  test.each(kinds.flatMap((kind) => SYNTAXES.map((syntax) => [...kind, syntax] as const)))(
    "%s",
    async (_, declared, entry, packed, syntax) => {
      const entries = Array.from({ length: 256 }, (__, i) => entry(i));
      // Two in a word, the first in its low byte.
      const swapped = syntax === "bigEndian" ? entries.map((___, i) => entries[i ^ 1]!) : entries;
      const data: Value = packed ? bytes(swapped) : entries;
      const tags: DicomTags = {
        "00280004": ["CS", "PALETTE COLOR"],
        ...Object.fromEntries(
          ["1", "2", "3"].flatMap((channel) => [
            [`0028110${channel}`, ["US", [256, 0, declared]]],
            [`0028120${channel}`, ["OW", data]],
          ]),
        ),
      };
      const { image } = await readFilm(dicomFile(stored, { tags, syntax: SYNTAX[syntax] }));
      expect([...image.data]).toEqual([...stored.values]);
    },
  );

  test("one white for its colours, whichever reaches it", async () => {
    const shades = (most: number): Value => Array.from({ length: 256 }, (_, i) => Math.round((i / 255) * most));
    const tags: DicomTags = {
      "00280004": ["CS", "PALETTE COLOR"],
      ...{ "00281101": ["US", [256, 0, 16]], "00281201": ["OW", shades(200)] },
      ...{ "00281102": ["US", [256, 0, 16]], "00281202": ["OW", shades(4095)] },
      ...{ "00281103": ["US", [256, 0, 16]], "00281203": ["OW", shades(200)] },
    };
    const { image } = await readFilm(dicomFile(stored, { tags }));
    // Of a green picture: its luma is 0.587, and a little of the others.
    expect(image.data[0]! / 255).toBeCloseTo(0.587 + 0.413 * (200 / 4095), 2);
  });
});
