import { InputError } from "../../../lib/domain/errors.ts";
import { resizeToSquare, type SquareGeometry } from "../../../lib/engine/resize.ts";
import type { SquareFilm } from "../../../lib/imaging/film.ts";
import { checkPlausibility } from "../../../lib/imaging/plausibility.ts";
import { readFilm } from "../../../lib/imaging/read-film.ts";

/** What a door makes of a file: the network's square, the film's size and what is warned of, or the code of its refusal. */
export type Outcome = (SquareFilm & { readonly square: Uint8Array }) | string;

/** A refusal's code; all else is thrown. */
export function codeOf(error: unknown): string {
  if (error instanceof InputError) return error.code;
  throw error;
}

/** As serving's readers do it (lib/imaging/reader/film-reader.ts), in this process. */
export async function served(bytes: Uint8Array, geometry: SquareGeometry): Promise<Outcome> {
  try {
    const film = await readFilm(bytes);
    const warnings = [...film.warnings, ...checkPlausibility(film)].map(({ code }) => code);
    const { width, height } = film.image;
    return { square: resizeToSquare(film.image, geometry), width, height, warnings };
  } catch (error) {
    return codeOf(error);
  }
}
