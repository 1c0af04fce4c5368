import { createHash } from "node:crypto";

/** A film by its bytes; `film-missing` where there are none. */
export interface FilmIdentity {
  readonly row: number;
  readonly sha256: string;
}

export const hashFilm = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** One hash over films in their order: another film, or one that has come or gone, gives another. */
export function hashFilms(films: Iterable<FilmIdentity>): string {
  const hash = createHash("sha256");
  for (const { row, sha256 } of films) hash.update(`${row} ${sha256}\n`);
  return hash.digest("hex");
}
