import { BYTE } from "./json-text.ts";
import { TURN_BYTES, type Turns } from "./turns.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDING = 0x3d;
const SLASH = 0x2f;
const NONE = 255;
const sextets = new Uint8Array(256).fill(NONE);
for (const [value, letter] of [...ALPHABET].entries()) sextets[letter.charCodeAt(0)] = value;

/** The place of the quote that ends a JSON string; the end's where it has none. */
export async function closingQuote(text: Buffer, begin: number, end: number, turns: Turns): Promise<number> {
  for (let at = begin; at < end; ) {
    const pause = Math.min(end, at + TURN_BYTES);
    for (; at < pause; at += 1) {
      if (text[at] === BYTE.quote) return at;
      if (text[at] === BYTE.backslash) at += 1;
    }
    await turns.worked(TURN_BYTES);
  }
  return end;
}

/**
 * A file from its base64 (RFC 4648, section 4; padded or not) between the quotes of a JSON string, where writers may put a
 * backslash before a slash.
 * @returns undefined where anything else stands there, or nothing
 */
export async function decodeBase64(encoded: Buffer, turns: Turns): Promise<Uint8Array | undefined> {
  let end = encoded.length;
  while (end > 0 && encoded.length - end < 2 && encoded[end - 1] === PADDING) end -= 1;
  const bytes = new Uint8Array(Math.ceil((end * 3) / 4));
  let [length, bits, held] = [0, 0, 0];
  for (let at = 0; at < end; ) {
    const pause = Math.min(end, at + TURN_BYTES);
    for (; at < pause; at += 1) {
      if (encoded[at] === BYTE.backslash && encoded[at + 1] === SLASH) continue;
      const sextet = sextets[encoded[at]!]!;
      if (sextet === NONE) return undefined;
      held = ((held << 6) | sextet) & 0xffff;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      bytes[length] = held >> bits;
      length += 1;
    }
    await turns.worked(TURN_BYTES);
  }
  return length === 0 ? undefined : bytes.subarray(0, length);
}
