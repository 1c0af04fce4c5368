/** Uniform numbers in [0, 1). Randomness is always an argument: nothing here draws from a global source. */
export type Random = () => number;

/**
 * sfc32 by Chris Doty-Humphrey (PractRand): 128 bits of state, period at least 2^32; the same numbers on every machine.
 * `key` keeps streams apart that share a seed: `random(seed, "shuffle", epoch)`.
 */
export function random(seed: number, ...key: readonly (string | number)[]): Random {
  const [first, second, third] = hash(`${seed}/${key.join("/")}`);
  let a = first;
  let b = second;
  let c = third;
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

/** Three 32-bit words of a text: FNV-1a with different offsets. */
function hash(text: string): [number, number, number] {
  const words: [number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b];
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    for (let w = 0; w < 3; w += 1) words[w] = Math.imul(words[w]! ^ code, 0x01000193) ^ (words[w]! >>> 15);
  }
  return words;
}

/** A number from the standard normal distribution (Box and Muller 1958). */
export const normal = (next: Random): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** Shuffles in place (Durstenfeld 1964). */
export function shuffle<T extends { length: number; [index: number]: number }>(items: T, next: Random): T {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    const kept = items[i]!;
    items[i] = items[j]!;
    items[j] = kept;
  }
  return items;
}
