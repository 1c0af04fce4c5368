import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { writePhantoms } from "../lib/phantoms/write-phantoms.ts";
import { type DicomTags, dicomFile, type Picture } from "../test/lib/imaging/dicom-file.ts";

/** Makes a word that stands nowhere else and says where it was planted. */
export type Plant = (where: string) => string;

/** Attributes that can tell a person, a place or a visit (PS3.15, annex E), by their value representation. */
const TELLING: Readonly<Record<string, string>> = {
  PN: "00080090 00081048 00081050 00081060 00081070 00100010 00101001 00101005 00101060 00321032 0040a123",
  LO: "00080070 00080080 00081030 0008103e 00081040 00100020 00100021 00101000 00102299 00110010 00181000 00181030 00321033 00321060 00380500 00400007 00400254",
  SH: "00080050 00080094 00081010 00102160 00102180 00180010 00200010 00401001 00402017",
  LT: "001021b0 00104000 00184000 00204000 00380040 00401400 00402400",
  ST: "00080081 00081080 00080092 00324000 00400280",
  UT: "00400275",
  AE: "00080054 00020016",
  UI: "00080018 0020000d 0020000e 00200052",
  DA: "00080020 00080022 00100030",
  TM: "00080030 00080032 00100032",
};

/** A DICOM film with a planted word in each attribute, private ones and those within sequences included. */
export function plantedDicom(picture: Picture, plant: Plant): Buffer<ArrayBuffer> {
  const entries = Object.entries(TELLING).flatMap(([vr, tags]) =>
    tags.split(" ").map((tag) => [tag, [vr, plant(tag)]] as const),
  );
  const tags = Object.fromEntries(entries.filter(([tag]) => tag > "0003")) as DicomTags;
  const creator: DicomTags = { "00090010": ["LO", plant("00090010")], "00091001": ["LO", plant("00091001")] };
  const nested: DicomTags = { "00081140": ["SQ", [{ "00081155": ["UI", plant("00081155")], ...creator }]] };
  return Buffer.from(dicomFile(picture, { tags: { ...tags, ...creator, ...nested } }));
}

/** A film's grey values, to be wrapped anew. */
export async function greysOf(film: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(film).greyscale().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, bitsAllocated: 8, bitsStored: 8, values: Uint8Array.from(data) };
}

/** A JPEG with a comment. */
const commented = (jpeg: Buffer, comment: string): Buffer => {
  const text = Buffer.from(comment);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length + 2);
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.of(0xff, 0xfe), length, text, jpeg.subarray(2)]);
};

/**
 * A data set of phantoms with words planted in patients' names, films' names and comments, and in columns that are not
 * read. The first films are broken: one is no film, one is cut, one a DICOM film of another modality.
 */
export async function plantedData(folder: string, frontalFilms: number, plant: Plant): Promise<void> {
  await writePhantoms({ folder, seed: 3, frontalFilms });
  for (const part of ["train", "valid"]) {
    const patients = await readdir(join(folder, part));
    for (const patient of patients) await rename(join(folder, part, patient), join(folder, part, renamed(patient)));
    const csv = join(folder, `${part}.csv`);
    const [header, ...rows] = (await readFile(csv, "utf8")).trimEnd().split("\n");
    const lines = rows.map((row) => `${row.replace(/patient\d+/, renamed)},${plant("name")},"${plant("note")},\n2"`);
    await writeFile(csv, `${[`${header},Name,Note`, ...lines].join("\n")}\n`);
    const films = (await readdir(join(folder, part), { recursive: true })).filter((name) => name.endsWith(".jpg"));
    for (const name of films) {
      const path = join(folder, part, name);
      await writeFile(path, commented(await readFile(path), plant("comment")));
    }
    if (part === "train") await breakFilms(films.sort().map((name) => join(folder, part, name)));
  }
  const boxes = join(folder, "boxes.csv");
  await writeFile(boxes, (await readFile(boxes, "utf8")).replaceAll(/patient\d+/g, renamed));

  function renamed(patient: string): string {
    return `patient${plant("patient")}-${patient.slice("patient".length)}`;
  }

  async function breakFilms([first, second, third]: readonly string[]): Promise<void> {
    const film = await readFile(third!);
    await writeFile(first!, `${plant("text")} is no film`);
    await writeFile(second!, film.subarray(0, film.length >> 1));
    const picture = await greysOf(film);
    const scan = dicomFile(picture, { tags: { "00080060": ["CS", plant("CT").slice(0, 16)] } });
    await mkdir(dirname(third!), { recursive: true });
    await writeFile(third!, scan);
  }
}
