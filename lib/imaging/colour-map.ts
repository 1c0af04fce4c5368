import type { HeatColours } from "../contracts/api.ts";

/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/**
 * Every fifteenth of the 256 colours of matplotlib's inferno (Nathaniel Smith and Stéfan van der Walt, CC0): lightness
 * rises evenly from black to pale yellow, so that equal steps of heat look equal. Between them colours are interpolated,
 * which stays within 5 of 255 of the original.
 */
const INFERNO: readonly Colour[] = [
  [0, 0, 4],
  [10, 7, 34],
  [30, 12, 69],
  [56, 9, 98],
  [81, 14, 108],
  [105, 22, 110],
  [128, 31, 108],
  [152, 39, 102],
  [176, 49, 91],
  [198, 61, 77],
  [217, 77, 61],
  [233, 97, 43],
  [244, 121, 24],
  [250, 148, 7],
  [252, 176, 20],
  [248, 205, 55],
  [242, 234, 105],
  [252, 255, 164],
];

/** The map that many papers print: blue, cyan, yellow, red; its steps are not even, its name is known. */
const JET: readonly Colour[] = [
  [0, 0, 128],
  [0, 0, 255],
  [0, 128, 255],
  [0, 255, 255],
  [128, 255, 128],
  [255, 255, 0],
  [255, 128, 0],
  [255, 0, 0],
  [128, 0, 0],
];

const KNOTS: Readonly<Record<HeatColours, readonly Colour[]>> = { inferno: INFERNO, jet: JET };

/** Steps of a colour table. */
export const TABLE_SIZE = 256;

/** Colours of heats 0 to 1 as 256 x 3 bytes: red, green, blue. */
export function colourTable(name: HeatColours): Uint8Array {
  const knots = KNOTS[name];
  const table = new Uint8Array(TABLE_SIZE * 3);
  for (let step = 0; step < TABLE_SIZE; step += 1) {
    const place = (step / (TABLE_SIZE - 1)) * (knots.length - 1);
    const left = Math.min(knots.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c += 1) {
      const [from, to] = [knots[left]![c]!, knots[left + 1]![c]!];
      table[step * 3 + c] = Math.round(from + (to - from) * (place - left));
    }
  }
  return table;
}
