import { describe, expect, test } from "vitest";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { type DicomTags, dicomFile, type Picture } from "./dicom-file.ts";
import { drawnFilm } from "./films.ts";

/** A film as films are, so that what a window shows of it is what it would show of one. */
const drawn = drawnFilm(160, 192, 65_535);

function stored(bits: number, { allocated = bits, signed = false } = {}): Picture {
  const offset = signed ? 2 ** (bits - 1) : 0;
  const values = Int32Array.from(drawn.data, (value) => (value >> (16 - bits)) - offset);
  return { width: 160, height: 192, bitsAllocated: allocated > 8 ? 16 : 8, bitsStored: allocated, signed, values };
}

const windowed = (centre: number | string, width: number | string, more: DicomTags = {}): DicomTags => ({
  "00281050": ["DS", String(centre)],
  "00281051": ["DS", String(width)],
  ...more,
});

async function outcome(film: Picture, tags: DicomTags): Promise<{ difference: number; codes: string[] }> {
  const { image, warnings } = await readFilm(dicomFile(film, { tags }));
  const sum = Array.from(image.data).reduce(
    (all, value, i) => all + Math.abs(value / image.maxValue - drawn.data[i]! / 65_535),
    0,
  );
  return { difference: sum / image.data.length, codes: warnings.map(({ code }) => code) };
}
/** Grey values are those of the film, but for rounding. */
const SAME = 0.005;

describe("a window of another depth is left out, with a warning", () => {
  const foreign = (bits: number): [number, number][] => {
    const whole = 2 ** bits;
    return [
      [whole / 2, whole],
      [whole / 2 - 1, whole - 1],
      [(whole - 1) / 2, whole - 1],
    ];
  };
  const cases = [8, 10, 12, 14, 16].flatMap((bits) =>
    [8, 10, 12, 14, 16].filter((other) => other !== bits).flatMap((other) => foreign(other).map((w) => ({ bits, w }))),
  );

  test.each(cases)("$w on $bits bits", async ({ bits, w: [centre, width] }) => {
    for (const shape of ["LINEAR", "LINEAR_EXACT", "SIGMOID"]) {
      const { difference, codes } = await outcome(stored(bits), windowed(centre, width, { "00281056": ["CS", shape] }));
      expect(codes).toEqual(["window-left-out"]);
      expect(difference).toBeLessThan(SAME);
    }
  });

  test.each<[string, Picture, DicomTags]>([
    ["on 12 bits in 16", stored(12, { allocated: 16 }), windowed(128, 256)],
    ["of 12 bits on 10 in 16", stored(10, { allocated: 16 }), windowed(2048, 4096)],
    ["with sign", stored(12, { signed: true }), windowed(128, 256)],
    ["of soft tissue", stored(12), windowed(40, 400)],
    ["of width 1", stored(12), windowed(128, 1.5)],
    [
      "in stored units where rescaled ones are meant",
      stored(12),
      windowed(2048, 1000, { "00281052": ["DS", "-30000"] }),
    ],
  ])("%s", async (_, film, tags) => {
    const { difference, codes } = await outcome(film, tags);
    expect(codes).toEqual(["window-left-out"]);
    expect(difference).toBeLessThan(SAME);
  });

  test("MONOCHROME1", async () => {
    const film = stored(12);
    const negative = { ...film, values: (film.values as Int32Array).map((value) => 4095 - value) };
    const { difference, codes } = await outcome(negative, windowed(128, 256, { "00280004": ["CS", "MONOCHROME1"] }));
    expect([codes, difference < SAME]).toEqual([["window-left-out"], true]);
  });

  test("a VOI table that holds none of the film's values", async () => {
    const entries = Array.from({ length: 256 }, (_, i) => i);
    const item: DicomTags = { "00283002": ["US", [256, 0, 8]], "00283006": ["OW", entries] };
    const { difference, codes } = await outcome(stored(12), { "00283010": ["SQ", [item]] });
    expect([codes, difference < SAME]).toEqual([["window-left-out"], true]);
  });
});

describe("a window that shows the film is kept", () => {
  test.each<[string, Picture, DicomTags]>([
    ["of its own depth", stored(12), windowed(2048, 4096)],
    ["of its own depth, dim", { ...stored(10), bitsAllocated: 16, bitsStored: 12 }, windowed(2048, 4096)],
    ["of most of it", stored(12), windowed(2000, 3000)],
    ["narrow", stored(12), windowed(2600, 1200)],
    ["of its content", stored(10, { allocated: 16 }), windowed(512, 1024)],
    ["with sign", stored(12, { signed: true }), windowed(0, 4096)],
    ["rescaled", stored(12), windowed(3096, 8192, { "00281052": ["DS", "-1000"], "00281053": ["DS", "2"] })],
    ["turned by its slope", stored(12), windowed(-2048, 4096, { "00281053": ["DS", "-1"] })],
    ["the first of several", stored(12), windowed("2048\\128", "4096\\256")],
  ])("%s", async (_, film, tags) => {
    expect((await outcome(film, tags)).codes).toEqual([]);
  });

  test("the first of several that shows it", async () => {
    const { difference, codes } = await outcome(stored(12), windowed("128\\2048\\40", "256\\4096\\400"));
    expect([codes, difference < SAME]).toEqual([["window-left-out"], true]);
  });
});
