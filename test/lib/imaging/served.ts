import { InputError } from "../../../lib/domain/errors.ts";
import { resizeToSquare, type SquareGeometry } from "../../../lib/engine/resize.ts";
import { checkPlausibility } from "../../../lib/imaging/plausibility.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";

/** What a door makes of a file: the network's square and the film's size, or the code of its refusal. */
export type Outcome = { readonly square: Uint8Array; readonly width: number; readonly height: number } | string;

/** A refusal's code; all else is thrown. */
export function codeOf(error: unknown): string {
  if (error instanceof InputError) return error.code;
  throw error;
}

/** As serving's readers do it (lib/imaging/reader/film-reader.ts), in this process. */
export async function served(bytes: Uint8Array, geometry: SquareGeometry): Promise<Outcome> {
  try {
    const film = await readFilm(bytes);
    checkPlausibility(film);
    const { width, height } = film.image;
    return { square: resizeToSquare(film.image, geometry), width, height };
  } catch (error) {
    return codeOf(error);
  }
}
