import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { DATASET_FILE, type Source } from "../contracts/provenance.ts";
import { labelCell } from "../domain/labels.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { eachOf } from "../parallel/each-of.ts";
import { type Drawing, drawHere, drawInThreads } from "./film-drawer.ts";
import { phantomSet } from "./phantom-set.ts";
import type { PhantomFilm } from "./population.ts";

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

const HEADER = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", ...OBSERVATIONS].join(",");

/**
 * Writes a data set of phantoms in CheXpert's format: train.csv, valid.csv, films as JPEG, boxes.csv with the place
 * of every planted finding, and hilum.dataset.json, which says that they are no patients'. The same bytes for the same
 * seed, drawn on every core; a folder that already holds them is left as it is.
 */
export async function writePhantoms({ folder, seed, frontalFilms, onProgress }: PhantomOptions): Promise<void> {
  const marker = join(folder, MARKER);
  const made = JSON.stringify({ edition: EDITION, seed, frontalFilms });
  const isWhole = existsSync(marker) && existsSync(join(folder, DATASET_FILE));
  if (isWhole && (await readFile(marker, "utf8")) === made) return;
  const recipe = { name: basename(folder), seed, frontalFilms };
  const { films, partOf, pathOf } = phantomSet(recipe);
  const making = `${folder}.making-${process.pid}`;
  try {
    const boxes = await draw({ ...recipe, folder: making }, films.length, onProgress);
    for (const part of ["train", "valid"] as const) {
      const rows = films.filter((film) => partOf(film) === part).map((film) => csvRow(pathOf(film), film));
      await writeFile(join(making, `${part}.csv`), `${[HEADER, ...rows].join("\n")}\n`);
    }
    await writeFile(join(making, "boxes.csv"), `${["Path,finding,x,y,width,height", ...boxes].join("\n")}\n`);
    await writeFile(join(making, DATASET_FILE), `${JSON.stringify(ABOUT, null, 2)}\n`);
    await writeFile(join(making, MARKER), made);
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

const csvRow = (path: string, film: PhantomFilm): string =>
  [
    path,
    film.female ? "Female" : "Male",
    film.age,
    film.frontal ? "Frontal" : "Lateral",
    film.projection,
    ...film.labels.map(labelCell),
  ].join(",");

/** Fewer are drawn sooner than threads are started. */
const FEW = 200;

/** @returns the rows of boxes.csv, in the films' order @throws what `onProgress` throws: no film is begun any more then */
async function draw(drawing: Drawing, films: number, onProgress: PhantomOptions["onProgress"]): Promise<string[]> {
  const drawer = films < FEW ? drawHere(drawing) : drawInThreads(drawing, availableParallelism());
  let done = 0;
  try {
    const boxes = await eachOf(Array(films).keys(), drawer.atOnce, async (index) => {
      const rows = await drawer.draw(index);
      done += 1;
      onProgress?.(done, films);
      return rows;
    });
    return boxes.flat();
  } finally {
    await drawer.close();
  }
}
