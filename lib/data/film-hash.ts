import { createHash } from "node:crypto";
import { sha256 } from "../domain/sha256.ts";

/** A film by its bytes; `film-missing` where there are none. */
export interface FilmIdentity {
  readonly row: number;
  readonly sha256: string;
}

export const hashFilm = (bytes: Uint8Array): string => sha256(bytes);

/** One hash over films in their order: another film, or one that has come or gone, gives another. */
export function hashFilms(films: Iterable<FilmIdentity>): string {
  const hash = createHash("sha256");
  for (const film of films) hash.update(`${film.row} ${film.sha256}\n`);
  return hash.digest("hex");
}
