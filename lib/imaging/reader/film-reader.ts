import { resizeToSquare } from "../../engine/resize.ts";
import type { Handlers } from "../../parallel/answer-calls.ts";
import type { Film } from "../film.ts";
import { filmPng, mapPng, type Overlay, overlayPng } from "../overlay.ts";
import { checkPlausibility } from "../plausibility.ts";
import { readFilm } from "../read-film.ts";
import type { DrawOptions, ReaderCalls } from "./reader-calls.ts";
import { stopwatch } from "./stopwatch.ts";

const EMPTY = new Uint8Array();

/** Films from their bytes to the network's square, and to pictures, on this thread; one after the other. */
export function filmReader(): Pick<Handlers<ReaderCalls>, "take" | "read" | "draw"> {
  let film: Film | undefined;
  let pieces: Uint8Array[] = [];
  return {
    async take(piece) {
      pieces.push(piece);
      return null;
    },

    async read({ film: given, geometry }) {
      film = undefined;
      const clock = stopwatch();
      const source = given ?? Buffer.concat(pieces);
      pieces = [];
      const read = source instanceof Uint8Array ? await readFilm(source) : source;
      clock.lap("decode");
      const checked = geometry === null ? [] : checkPlausibility(read);
      if (geometry !== null) clock.lap("check");
      const pixels = geometry === null ? EMPTY : resizeToSquare(read.image, geometry);
      if (geometry !== null) clock.lap("resize");
      film = read;
      const { width, height } = read.image;
      const warnings = [...read.warnings, ...checked];
      const { facts, drawn = false } = read;
      return { facts, size: { width, height }, warnings, drawn, pixels, timings: clock.laps };
    },

    async draw(options) {
      if (film === undefined) throw new Error("a film is drawn before it was read");
      const clock = stopwatch();
      const { png, region } = await drawn(film, options);
      clock.lap("render");
      return { png, box: region?.box ?? null, timings: clock.laps };
    },
  };
}

async function drawn({ image }: Film, { style, grid, colours, opacity }: DrawOptions): Promise<Overlay> {
  if (grid === null) return { png: await filmPng(image), region: null };
  const draw = style === "map" ? mapPng : overlayPng;
  return draw(image, grid, {
    ...(colours !== undefined && { colours }),
    ...(opacity !== undefined && { opacity }),
  });
}
