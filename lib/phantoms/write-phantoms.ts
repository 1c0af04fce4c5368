import { existsSync, mkdirSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { DATASET_FILE, type Source } from "../contracts/provenance.ts";
import { labelCell } from "../domain/labels.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { eachOf } from "../parallel/each-of.ts";
import { drawnPicture } from "./drawn-picture.ts";
import { drawPopulation, type PhantomFilm } from "./population.ts";
import { filmRenderer } from "./render.ts";

export interface PhantomOptions {
  /** Folder to write; its name is the first segment of every path in the CSV files. */
  readonly folder: string;
  readonly seed: number;
  readonly frontalFilms: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const ABOUT: Source = {
  name: "phantoms",
  kind: "phantom",
  source: "drawn by Hilum (lib/phantoms)",
  labeller: "the program that drew the findings",
  referenceStandard: "the findings that were drawn; some labels are left blank or uncertain on purpose",
};

/** Written last into a folder that is whole. */
const MARKER = "phantoms.json";
/** Counts what was changed about the files; folders of an earlier one are drawn anew. */
const EDITION = 2;
const VALID_SHARE = 0.1;
const JPEG_QUALITY = 90;

const HEADER = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", ...OBSERVATIONS].join(",");

/**
 * Writes a data set of phantoms in CheXpert's format: train.csv, valid.csv, films as JPEG, boxes.csv with the place
 * of every planted finding, and hilum.dataset.json, which says that they are no patients'. The same bytes for the same seed; a folder that already holds them is left as it is.
 */
export async function writePhantoms({ folder, seed, frontalFilms, onProgress }: PhantomOptions): Promise<void> {
  const marker = join(folder, MARKER);
  const recipe = JSON.stringify({ edition: EDITION, seed, frontalFilms });
  const isWhole = existsSync(marker) && existsSync(join(folder, DATASET_FILE));
  if (isWhole && (await readFile(marker, "utf8")) === recipe) return;
  const films = drawPopulation(seed, frontalFilms);
  const lastTraining = films[Math.floor(films.length * (1 - VALID_SHARE))]?.patient ?? 0;
  const making = `${folder}.making-${process.pid}`;
  try {
    const name = folder.split("/").at(-1)!;
    const partOf = (film: PhantomFilm) => (film.patient <= lastTraining ? "train" : "valid");
    const pathOf = (film: PhantomFilm) => `${name}/${partOf(film)}/${relativePath(film)}`;
    const boxes = await writeFilms({ films, making, partOf, pathOf, render: filmRenderer(seed), onProgress });
    for (const part of ["train", "valid"]) {
      const rows = films.filter((film) => partOf(film) === part).map((film) => csvRow(pathOf(film), film));
      await writeFile(join(making, `${part}.csv`), `${[HEADER, ...rows].join("\n")}\n`);
    }
    await writeFile(join(making, "boxes.csv"), `${["Path,finding,x,y,width,height", ...boxes].join("\n")}\n`);
    await writeFile(join(making, DATASET_FILE), `${JSON.stringify(ABOUT, null, 2)}\n`);
    await writeFile(join(making, MARKER), recipe);
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

const relativePath = ({ patient, study, view, frontal }: PhantomFilm): string =>
  `patient${String(patient).padStart(5, "0")}/study${study}/view${view}_${frontal ? "frontal" : "lateral"}.jpg`;

const csvRow = (path: string, film: PhantomFilm): string =>
  [
    path,
    film.female ? "Female" : "Male",
    film.age,
    film.frontal ? "Frontal" : "Lateral",
    film.projection,
    ...film.labels.map(labelCell),
  ].join(",");

interface Writing {
  readonly films: readonly PhantomFilm[];
  readonly making: string;
  readonly partOf: (film: PhantomFilm) => string;
  readonly pathOf: (film: PhantomFilm) => string;
  readonly render: ReturnType<typeof filmRenderer>;
  readonly onProgress: PhantomOptions["onProgress"];
}

/** Renders and encodes, a few films at a time; drawing is ours and on this thread, encoding is libvips's and on others. */
async function writeFilms({ films, making, partOf, pathOf, render, onProgress }: Writing): Promise<string[]> {
  let done = 0;
  const boxes = await eachOf(films, 2 * availableParallelism(), async (film) => {
    const { pixels, width, height, boxes: found } = render(film);
    const path = join(making, partOf(film), relativePath(film));
    // The asynchronous one says of a full disk that the folder is missing.
    mkdirSync(dirname(path), { recursive: true });
    await writeFile(path, await encode(pixels, width, height));
    done += 1;
    onProgress?.(done, films.length);
    return found.map(({ finding, box }) =>
      [pathOf(film), finding, ...[box.x, box.y, box.width, box.height].map((value) => value.toFixed(1))].join(","),
    );
  });
  return boxes.flat();
}

/** A grey film as JPEG. */
const encode = (pixels: Uint8Array, width: number, height: number): Promise<Buffer> =>
  drawnPicture(pixels, width, height).jpeg({ quality: JPEG_QUALITY }).toBuffer();
