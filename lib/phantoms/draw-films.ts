import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { drawnPicture } from "./drawn-picture.ts";
import { type PhantomRecipe, phantomSet } from "./phantom-set.ts";
import { filmRenderer } from "./render.ts";

export interface Drawing extends PhantomRecipe {
  /** Folder of the data set. */
  readonly folder: string;
  /** Films begun so far, counted by all who draw the same data set: an Int32 that threads share. */
  readonly begun: SharedArrayBuffer;
}

/** A film that has been written. */
export interface DrawnFilm {
  readonly index: number;
  /** Rows of boxes.csv. */
  readonly boxes: readonly string[];
}

const JPEG_QUALITY = 90;
/** One is encoded by libvips on a thread of its own, while the next is drawn on this one. */
const AT_ONCE = 2;

/** Draws and writes films that nobody else has begun, until none is left. */
export async function drawFilms(drawing: Drawing, onDrawn: (film: DrawnFilm) => void): Promise<void> {
  const { films, fileOf, pathOf } = phantomSet(drawing);
  const render = filmRenderer(drawing.seed);
  const begun = new Int32Array(drawing.begun);
  const walk = async (): Promise<void> => {
    for (;;) {
      const index = Atomics.add(begun, 0, 1);
      const film = films[index];
      if (film === undefined) return;
      const { pixels, width, height, boxes } = render(film);
      const path = join(drawing.folder, fileOf(film));
      // The asynchronous one says of a full disk that the folder is missing.
      mkdirSync(dirname(path), { recursive: true });
      await writeFile(path, await drawnPicture(pixels, width, height).jpeg({ quality: JPEG_QUALITY }).toBuffer());
      const rows = boxes.map(({ finding, box }) =>
        [pathOf(film), finding, ...[box.x, box.y, box.width, box.height].map((value) => value.toFixed(1))].join(","),
      );
      onDrawn({ index, boxes: rows });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, walk));
}
