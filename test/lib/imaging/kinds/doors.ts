import { squareReader } from "../../../../lib/data/read-square.ts";
import type { SquareGeometry } from "../../../../lib/engine/resize.ts";
import { openReaderPool } from "../../../../lib/imaging/reader/reader-pool.ts";
import { codeOf, type Outcome, served } from "../served.ts";

export type Door = (file: Uint8Array) => Promise<Outcome>;

/** Every way that a file becomes a square: answers, training, and the command line's own process where it draws maps. */
export function openDoors(geometry: SquareGeometry, wall = 60_000) {
  const readers = openReaderPool({ wall });
  const squares = squareReader();
  const serving: Door = (file) =>
    readers
      .withReader((reader) => reader.read(file, geometry))
      .then(
        ({ pixels, size, warnings }) => ({
          square: new Uint8Array(pixels),
          ...size,
          warnings: warnings.map(({ code }) => code),
        }),
        codeOf,
      );
  const preparation: Door = async (file) => {
    const square = new Uint8Array(geometry.size ** 2);
    return squares.read(file, geometry, square).then((film) => ({ square, ...film }), codeOf);
  };
  return {
    doors: { serving, preparation, "command line": (file: Uint8Array) => served(file, geometry) },
    close: () => Promise.all([readers.close(), squares.close()]),
  };
}

/** Whether both are the same square of the same size with the same warnings, or the same refusal. */
export function isSame(a: Outcome, b: Outcome): boolean {
  if (typeof a === "string" || typeof b === "string") return a === b;
  return told(a) === told(b) && Buffer.compare(a.square, b.square) === 0;
}

export const told = (outcome: Outcome): string =>
  typeof outcome === "string" ? outcome : [`${outcome.width} x ${outcome.height}`, ...outcome.warnings].join(", ");
