import type { FilmFacts, Warning } from "../contracts/api.ts";
import { refusal } from "../contracts/codes.ts";
import { sizeFault } from "../domain/film-limits.ts";
import type { Size } from "../domain/geometry.ts";
import type { GreyImage } from "../domain/grey-image.ts";

/** A film as the door read it: bones bright, air dark, upright, every bit that the file had. */
export interface Film {
  readonly image: GreyImage;
  readonly facts: FilmFacts;
  /** Mean difference of the largest and the smallest of red, green and blue, 0 to 1; 0 for grey. */
  readonly colourfulness: number;
  readonly warnings: readonly Warning[];
  /** Whether its file says that it was drawn by lib/phantoms and is no patient's. */
  readonly drawn?: boolean;
}

/** What is known of a film besides the network's square that was made of it. */
export interface SquareFilm extends Size {
  /** Codes of all that an answer would warn of, from its file and from its pixels. */
  readonly warnings: readonly string[];
}

/** See sizeFault(). @throws InputError `film-size`; asked before anything is decoded */
export function checkSize(...size: Parameters<typeof sizeFault>): void {
  const fault = sizeFault(...size);
  if (fault !== undefined) throw refusal("film-size", fault);
}
