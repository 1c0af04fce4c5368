import { mkdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startCallThread } from "../parallel/call-thread.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import { drawnPicture } from "./drawn-picture.ts";
import { type PhantomRecipe, phantomSet } from "./phantom-set.ts";
import { filmRenderer } from "./render.ts";

export interface Drawing extends PhantomRecipe {
  /** Folder of the data set. */
  readonly folder: string;
}

/** Draws and writes the film of that place in its set's list. @returns its rows of boxes.csv */
export type DrawFilm = (index: number) => Promise<readonly string[]>;

export interface FilmDrawer {
  readonly draw: DrawFilm;
  /** Films that are worth drawing at one time. */
  readonly atOnce: number;
  close(): Promise<void>;
}

/** What a thread that draws is asked. */
export type DrawCalls = { draw: { ask: number; answer: readonly string[] } };

const JPEG_QUALITY = 90;
/** Of a thread: one is encoded by libvips on a thread of its own, while the next is drawn on this one. */
const AT_ONCE = 2;

export function drawFilms(drawing: Drawing): DrawFilm {
  const { films, fileOf, pathOf } = phantomSet(drawing);
  const render = filmRenderer(drawing.seed);
  return async (index) => {
    const film = films[index]!;
    const { pixels, width, height, boxes } = render(film);
    const path = join(drawing.folder, fileOf(film));
    // The asynchronous one says of a full disk that the folder is missing.
    mkdirSync(dirname(path), { recursive: true });
    await writeFile(path, await drawnPicture(pixels, width, height).jpeg({ quality: JPEG_QUALITY }).toBuffer());
    return boxes.map(({ finding, box }) =>
      [pathOf(film), finding, ...[box.x, box.y, box.width, box.height].map((value) => value.toFixed(1))].join(","),
    );
  };
}

export const drawHere = (drawing: Drawing): FilmDrawer => ({
  draw: drawFilms(drawing),
  atOnce: AT_ONCE,
  close: async () => {},
});

export function drawInThreads(drawing: Drawing, count: number): FilmDrawer {
  const module = moduleBeside("./draw-thread.ts", import.meta.url);
  const threads = Array.from({ length: count }, () => startCallThread<DrawCalls>(module, drawing));
  return {
    draw: (index) => threads[index % count]!.call("draw", index),
    atOnce: AT_ONCE * count,
    async close() {
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}
