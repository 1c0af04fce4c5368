import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import type { Manifest } from "../../lib/data/film-columns.ts";
import { readLabels } from "../../lib/data/manifest.ts";
import { chexpert } from "../../lib/data/sources/chexpert.ts";
import { random } from "../../lib/domain/random.ts";

/** Of CheXpert's small films. */
const [WIDTH, HEIGHT] = [390, 320];
/** Different pictures that the films are copies of: what a decoder does depends on a picture, not on its name. */
const PICTURES = 50;

/** Grey JPEG files in `folder/films`, no two with the same bytes. @returns their keys */
export async function writeFilms(folder: string, films: number): Promise<string[]> {
  const pictures = await Promise.all(Array.from({ length: PICTURES }, (_, number) => picture(number)));
  await mkdir(join(folder, "films"), { recursive: true });
  const names = filmNames(films);
  for (const [film, name] of names.entries()) {
    // A comment behind the picture's end makes each file another film, so that none is told from its hash.
    await writeFile(join(folder, name), Buffer.concat([pictures[film % PICTURES]!, Buffer.from(String(film))]));
  }
  return names;
}

export const filmNames = (films: number): string[] =>
  Array.from({ length: films }, (_, film) => `films/patient${String(film).padStart(6, "0")}_study1.jpg`);

function picture(number: number): Promise<Buffer> {
  const next = random(number, "bench film");
  const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    return 110 + 70 * Math.sin(x / (20 + number / 5)) * Math.cos(y / 30) + 24 * next();
  });
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 1 } })
    .toColourspace("b-w")
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A row for each film, of a patient of its own, without labels. */
export async function manifestOf(names: readonly string[]): Promise<Manifest> {
  const rows = names.map((_, i) => `s/patient${i}/study1/x.jpg,Male,50,Frontal,AP${",".repeat(14)}`);
  const manifest = await readLabels([csvFile("bench.csv", [chexpert.columns.join(","), ...rows].join("\n"))]);
  return { ...manifest, film: names as string[] };
}

/** A CSV file that lies nowhere. */
export const csvFile = (name: string, text: string) => ({
  name,
  folder: "",
  async *stream() {
    yield Buffer.from(text);
  },
});
