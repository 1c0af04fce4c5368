/** Fewer rows than this are sorted by comparing. */
const FEW = 1000;
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Sorts rows by falling score, those of one score in the order they have; in place, and linear in rows: six passes over the
 * bits of the scores (radix sort, least digit first), less those in which all are alike.
 * @param scores none of them NaN
 */
export function fallingOrder(scores: ArrayLike<number>, rows: Uint32Array): Uint32Array {
  if (rows.length < FEW) return rows.sort((a, b) => scores[b]! - scores[a]!);
  const { high, low } = fallingBits(scores, rows);
  let from: Uint32Array = rows;
  let to: Uint32Array = new Uint32Array(rows.length);
  let places = Uint32Array.from(rows.keys());
  let moved = new Uint32Array(rows.length);
  for (let shift = 0; shift < 64; shift += DIGIT_BITS) {
    const starts = new Uint32Array(DIGITS + 1);
    for (let i = 0; i < places.length; i += 1) starts[digit(high, low, places[i]!, shift) + 1]! += 1;
    if (starts.includes(rows.length)) continue;
    for (let d = 0; d < DIGITS; d += 1) starts[d + 1]! += starts[d]!;
    for (let i = 0; i < places.length; i += 1) {
      const d = digit(high, low, places[i]!, shift);
      moved[starts[d]!] = places[i]!;
      to[starts[d]!] = from[i]!;
      starts[d]! += 1;
    }
    [places, moved] = [moved, places];
    [from, to] = [to, from];
  }
  if (from !== rows) rows.set(from);
  return rows;
}

/** Of each row's score, 64 bits that rise as an unsigned number while the score falls. */
function fallingBits(scores: ArrayLike<number>, rows: Uint32Array): { high: Uint32Array; low: Uint32Array } {
  const [high, low] = [new Uint32Array(rows.length), new Uint32Array(rows.length)];
  const number = new Float64Array(1);
  const words = new Uint32Array(number.buffer);
  for (let i = 0; i < rows.length; i += 1) {
    // 0 is added so that -0 is 0.
    number[0] = scores[rows[i]!]! + 0;
    const isNegative = words[1]! >>> 31 === 1;
    high[i] = isNegative ? words[1]! : ~words[1]! & 0x7fffffff;
    low[i] = isNegative ? words[0]! : ~words[0]!;
  }
  return { high, low };
}

function digit(high: Uint32Array, low: Uint32Array, place: number, shift: number): number {
  if (shift >= 32) return (high[place]! >>> (shift - 32)) & (DIGITS - 1);
  const ofLow = low[place]! >>> shift;
  return (shift + DIGIT_BITS <= 32 ? ofLow : ofLow | (high[place]! << (32 - shift))) & (DIGITS - 1);
}
