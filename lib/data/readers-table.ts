import type { ReaderRows, ReadersFound, ReadersTable } from "../contracts/readers.ts";
import { forEachObservation } from "../domain/observations.ts";
import { beyondShare, placesByReader } from "../domain/reader-share.ts";
import { type DividedRows, isReadersAlone, type SelectedRows } from "./data-plan.ts";
import type { Manifest } from "./film-columns.ts";

/** What is known of readers' films before they are divided. @returns undefined where no reader sent any */
export function findReaders(selected: SelectedRows, share: number): ReadersFound | undefined {
  const { sentBy, names } = selected;
  const sent = sentBy.filter((reader) => reader !== null);
  if (sent.length === 0) return undefined;
  const alone = isReadersAlone(selected);
  const beyond = alone ? 0 : beyondShare({ readers: sentBy, names }, share).size;
  return { readers: new Set(sent).size, rows: sent.length, beyondShare: beyond, alone };
}

/** Who taught what. @returns undefined where no reader sent any film */
export function readersTable(
  manifest: Manifest,
  selected: SelectedRows,
  { parts, beyond }: DividedRows,
  share: number,
): ReadersTable | undefined {
  const places = placesByReader(selected.sentBy);
  if (places.size === 0) return undefined;
  const train = new Set(parts.train);
  const readers = [...places].map(([reader, of]): ReaderRows => {
    const used = of.filter((place) => !beyond.has(place));
    return {
      reader,
      rows: used.length,
      train: used.filter((place) => train.has(place)).length,
      leftOut: of.length - used.length,
      positives: forEachObservation(
        (name) => used.filter((place) => manifest[name][selected.rows[place]!] === 1).length,
      ),
    };
  });
  readers.sort((a, b) => b.rows + b.leftOut - a.rows - a.leftOut || (a.reader < b.reader ? -1 : 1));
  return { share, alone: isReadersAlone(selected), readers };
}

/** What to tell before the rows are divided. It is logged: it names no reader. */
export function noteBefore({ alone, beyondShare }: ReadersFound, share: number): string | undefined {
  if (alone) return ALONE;
  return beyondShare > 0 ? `about ${tooMany(beyondShare, share)}` : undefined;
}

/** The same once they are. */
export function noteAfter({ readers, share }: ReadersTable): string | undefined {
  const rows = readers.reduce((sum, { leftOut }) => sum + leftOut, 0);
  return rows > 0 ? tooMany(rows, share) : undefined;
}

const ALONE =
  "readers sent all films: none of them is held to a share (data.readerShare), and what the films say of a model promotes none";

const tooMany = (rows: number, share: number): string =>
  `${rows} rows that readers sent are left out, since ${share} of each part may be one reader's (data.readerShare in the configuration; 1 takes all)`;
