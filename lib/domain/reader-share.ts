import { random } from "./random.ts";

/** Why a row that a reader sent is left out; the setting is named, since whoever corrects his own model meets it. */
export const BEYOND_SHARE = "beyond one reader's share (data.readerShare)";

/** Rows of a part, each with who sent it; null for rows that no reader sent. */
export interface PartOfReaders {
  readonly readers: readonly (string | null)[];
  /** What a row's turn is drawn by: the same wherever it stands in the list. */
  readonly names: readonly string[];
}

/** Where each reader's rows stand. */
export function placesByReader(readers: PartOfReaders["readers"]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  readers.forEach((reader, place) => {
    if (reader === null) return;
    const of = places.get(reader);
    if (of === undefined) places.set(reader, [place]);
    else of.push(place);
  });
  return places;
}

/**
 * The most rows that a reader may have, so that nobody has more than `share` of the rows that are then left.
 * @param counts rows of each reader
 * @param others rows that no reader sent
 */
export function mostRows(counts: readonly number[], others: number, share: number): number {
  let most = Math.max(0, ...counts);
  for (;;) {
    const left = counts.reduce((sum, count) => sum + Math.min(count, most), others);
    // As shares are written: 0.05 of 60 rows are 3.
    const next = Math.floor(share * left + 1e-9);
    if (next >= most) return most;
    most = next;
  }
}

/**
 * Places of the rows to leave out of a part, so that no reader has more than `share` of it: of each reader those whose turn is
 * last, drawn by their names, so that a list in another order leaves out the same ones.
 */
export function beyondShare({ readers, names }: PartOfReaders, share: number): Set<number> {
  const places = placesByReader(readers);
  const counts = [...places.values()].map(({ length }) => length);
  const most = mostRows(counts, readers.length - counts.reduce((sum, count) => sum + count, 0), share);
  return new Set([...places.values()].flatMap((of) => (of.length > most ? inTurn(of, names).slice(most) : [])));
}

function inTurn(places: readonly number[], names: readonly string[]): number[] {
  return places
    .map((place) => ({ place, name: names[place]!, turn: random(0, "reader-share", names[place]!)() }))
    .sort((a, b) => a.turn - b.turn || (a.name < b.name ? -1 : 1))
    .map(({ place }) => place);
}
