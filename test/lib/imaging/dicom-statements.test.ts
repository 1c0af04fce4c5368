import { describe, expect, test } from "vitest";
import { applyOrientation, type Orientation } from "../../../lib/domain/orientation.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";
import { type DicomTags, dicomFile, type Picture, SYNTAX } from "./dicom-file.ts";

/** What a header says of the film beside its pixels, and what comes of it. */
const film: Picture = {
  width: 40,
  height: 30,
  bitsAllocated: 16,
  bitsStored: 12,
  values: Int32Array.from({ length: 1200 }, (_, i) => (i * 37 + (i % 40) * 50) % 4096),
};

const read = (tags: DicomTags, syntax: string = SYNTAX.explicit) => readFilm(dicomFile(film, { tags, syntax }));
const codesOf = async (tags: DicomTags): Promise<string[]> => (await read(tags)).warnings.map(({ code }) => code);

describe("views", () => {
  const coded = (value: string, scheme: string, meaning = ""): DicomTags => ({
    "00540220": ["SQ", [{ "00080100": ["SH", value], "00080102": ["SH", scheme], "00080104": ["LO", meaning] }]],
  });

  test.each<[string, DicomTags]>([
    ...["LATERAL", "LAT", "LL", "RL", "RLAT", "LLAT", "lat", "L LAT", "LEFT LATERAL", "LATERAL_LEFT", "LLATERAL"].map(
      (position): [string, DicomTags] => [`position ${position}`, { "00185101": ["CS", position] }],
    ),
    ...["399067008", "399198007", "399173006", "399260004", "30730003"].map((value): [string, DicomTags] => [
      `code ${value}, SCT`,
      coded(value, "SCT"),
    ]),
    ...["R-102CD", "R-10232", "R-10236", "r-10232 "].map((value): [string, DicomTags] => [
      `code ${value}, SRT`,
      coded(value, "SRT"),
    ]),
    ["a code of one's own", coded("X1", "99ACME", "Left lateral")],
    ...["A\\F", "P\\F", "A\\H", "F\\A", "AR\\F", "a\\f"].map((directions): [string, DicomTags] => [
      `directions ${directions}`,
      { "00200020": ["CS", directions] },
    ]),
    ["a series", { "0008103e": ["LO", "Chest LAT"] }],
    ["a protocol", { "00181030": ["LO", "Thorax seitlich"] }],
    ["the device", { "00181400": ["LO", "CHEST,LATERAL"] }],
    ["a code against the position", { "00185101": ["CS", "PA"], ...coded("399198007", "SCT") }],
  ])("lateral by %s", async (_, tags) => {
    expect(await codesOf(tags)).toEqual(["lateral-view"]);
  });

  test.each<[string, DicomTags]>([
    ...["PA", "AP", "LLD", "RLD", "AP LATERAL DECUBITUS", "PORTRAIT", "BILATERAL", "JANE PLATE"].map(
      (position): [string, DicomTags] => [`position ${position}`, { "00185101": ["CS", position] }],
    ),
    ...["272479007", "399348003", "399033003", "R-10206", "1"].map((value): [string, DicomTags] => [
      `code ${value}`,
      coded(value, "SCT"),
    ]),
    ["a series of both", { "0008103e": ["LO", "CHEST PA AND LATERAL"] }],
    ["a series against its position", { "00185101": ["CS", "PA"], "0008103e": ["LO", "Chest LAT"] }],
    ["directions of a frontal film", { "00200020": ["CS", "L\\F"] }],
    ["an empty sequence", { "00540220": ["SQ", []] }],
    ["a study", { "00081030": ["LO", "CHEST LATERAL"] }],
  ])("no doubt by %s", async (_, tags) => {
    expect(await codesOf(tags)).toEqual([]);
  });

  test.each<[string, DicomTags]>([
    ...["RLO", "LAO", "OBLIQUE"].map((one): [string, DicomTags] => [`position ${one}`, { "00185101": ["CS", one] }]),
    ...["399182000", "R-10220"].map((value): [string, DicomTags] => [`code ${value}`, coded(value, "SCT")]),
  ])("oblique by %s", async (_, tags) => {
    expect(await codesOf(tags)).toEqual(["oblique-view"]);
  });

  test("a position that is known is told, and nothing else of the header", async () => {
    const told = async (position: string) => (await read({ "00185101": ["CS", position] })).facts.view;
    expect(await told("RLAT")).toBe("RLAT");
    expect(await told("LATERAL DOE^JANE")).toBeNull();
  });
});

describe("orientation", () => {
  const upright = { width: 40, height: 30, maxValue: 4095, data: Uint16Array.from(film.values) };
  /** The axes that the rows and columns of an upright film lead along, followed through each of EXIF's turns. */
  const STORED: Readonly<Record<Orientation, string>> = {
    1: "L\\F",
    2: "R\\F",
    3: "R\\H",
    4: "L\\H",
    5: "F\\L",
    6: "F\\R",
    7: "H\\R",
    8: "H\\L",
  };
  const AXES: Readonly<Record<string, string>> = {
    ...{ L: "1\\0\\0", R: "-1\\0\\0", P: "0\\1\\0", A: "0\\-1\\0", H: "0\\0\\1", F: "0.02\\0.1\\-0.99" },
  };
  const ORIENTATIONS = Object.keys(STORED).map(Number) as Orientation[];

  test.each(ORIENTATIONS.flatMap((one) => [false, true].map((cosines) => [one, cosines] as const)))(
    "%i, as cosines: %s",
    async (orientation, cosines) => {
      const told = STORED[orientation];
      const tags: DicomTags = cosines
        ? {
            "00200037": [
              "DS",
              told
                .split("\\")
                .map((letter) => AXES[letter]!)
                .join("\\"),
            ],
          }
        : { "00200020": ["CS", told] };
      const { image, facts, warnings } = await read(tags);
      expect(image).toEqual(applyOrientation(upright, orientation));
      expect([facts.width, facts.height]).toEqual([image.width, image.height]);
      expect(warnings.map(({ code }) => code)).toEqual(orientation === 1 ? [] : ["orientation-undone"]);
    },
  );

  test("letters mean what the standard says: the head's end of a film stored upside down comes up", async () => {
    const { image } = await read({ "00200020": ["CS", "R\\H"] });
    expect([...image.data]).toEqual(Array.from(film.values).reverse());
    const mirrored = await read({ "00200020": ["CS", "R\\F"] });
    expect([...mirrored.image.data.subarray(0, 40)]).toEqual(Array.from(film.values.slice(0, 40)).reverse());
  });

  test.each(["A\\R", "L\\R", "L\\L", "X\\Y"])("%s fits no chest film", async (directions) => {
    const { image, warnings } = await read({ "00200020": ["CS", directions] });
    expect(image.data).toEqual(upright.data);
    expect(warnings.map(({ code }) => code)).toContain(
      /^[AP]/.test(directions) ? "lateral-view" : "orientation-unclear",
    );
  });

  test.each(["", "L", "\\", "L\\F\\H"])("%o tells nothing", async (directions) => {
    expect(await codesOf({ "00200020": ["CS", directions] })).toEqual([]);
  });
});

describe("what only the header knows", () => {
  test.each<[string, DicomTags, string[]]>([
    ["a raw picture", { "00080068": ["CS", "FOR PROCESSING"] }, ["for-processing"]],
    ["a raw picture by its class", { "00080016": ["UI", "1.2.840.10008.5.1.4.1.1.1.1.1"] }, ["for-processing"]],
    ["a picture to be read", { "00080068": ["CS", "FOR PRESENTATION"] }, []],
    ["text in the picture", { "00280301": ["CS", "YES"] }, ["burned-in-text"]],
    ["no text in the picture", { "00280301": ["CS", "NO"] }, []],
  ])("%s", async (_, tags, codes) => {
    expect(await codesOf(tags)).toEqual(codes);
  });
});

describe("polarity", () => {
  test.each<[string, string | undefined, boolean]>([
    ["MONOCHROME2", undefined, false],
    ["MONOCHROME2", "IDENTITY", false],
    ["MONOCHROME2", "INVERSE", true],
    ["MONOCHROME1", undefined, true],
    ["MONOCHROME1", "INVERSE", true],
  ])("%s, %s: turned round once, %s", async (photometric, shape, inverted) => {
    const tags: DicomTags = {
      "00280004": ["CS", photometric],
      ...(shape === undefined ? {} : { "20500020": ["CS", shape] as const }),
    };
    const { image } = await read(tags);
    expect([...image.data]).toEqual(Array.from(film.values, (value) => (inverted ? 4095 - value : value)));
  });
});
