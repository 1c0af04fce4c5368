import { InputError } from "../../../lib/domain/errors.ts";
import { closingQuote, decodeBase64 } from "./base64.ts";
import { BYTE, nested } from "./json-text.ts";
import type { Span } from "./tensor-text.ts";
import { TURN_BYTES, Turns } from "./turns.ts";

/** Longer than any number of 64 bits is written. */
const MOST_DIGITS = 32;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const ZERO = 0x30;

/** What each byte can be outside of strings. */
const KIND = { other: 0, blank: 1, number: 2 } as const;
const kinds = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d]) kinds[byte] = KIND.blank;
for (const letter of "0123456789+-.eE") kinds[letter.charCodeAt(0)] = KIND.number;

/** Values that an array can have at most: each takes a byte, and one that parts it from the next. */
export const mostValues = ({ from, to }: Span): number => Math.ceil((to - from - 1) / 2);

/**
 * Copies an array's grey values, flat or nested, in their order.
 * @param into as many as are expected; what comes beyond is counted alone
 * @param keep what is kept of a value from 0 to 255; undefined where it is none
 * @returns how many there are
 * @throws InputError `bad-tensor` where anything else stands there, `bad-json`
 */
export async function copyGreys(
  text: Buffer,
  { from, to }: Span,
  into: Uint8Array | Uint16Array,
  keep: (value: number) => number | undefined,
): Promise<number> {
  const turns = new Turns();
  let [count, depth] = [0, 0];
  /** Whether a value or an array may stand here, and whether the array may end. */
  let [mayBegin, mayEnd] = [true, false];
  for (let at = from; at < to; ) {
    const pause = Math.min(to, at + TURN_BYTES);
    while (at < pause) {
      const byte = text[at]!;
      if (kinds[byte] === KIND.blank) at += 1;
      else if (byte === BYTE.comma && !mayBegin) {
        [mayBegin, mayEnd] = [true, false];
        at += 1;
      } else if (byte === BYTE.array && mayBegin) {
        depth = nested(depth, byte);
        mayEnd = true;
        at += 1;
      } else if (byte === BYTE.arrayEnd && mayEnd) {
        depth = nested(depth, byte);
        mayBegin = false;
        at += 1;
      } else if (kinds[byte] === KIND.number && mayBegin) {
        const end = endOfNumber(text, at);
        const kept = keep(numberAt(text, at, end));
        if (kept === undefined) throw noGrey();
        if (count < into.length) into[count] = kept;
        count += 1;
        [mayBegin, mayEnd] = [false, true];
        at = end;
      } else throw noGrey();
    }
    await turns.worked(TURN_BYTES);
  }
  if (depth !== 0) throw noGrey();
  return count;
}

const noGrey = (): InputError => new InputError("bad-tensor", "expected numbers, grey values from 0 to 255");

function endOfNumber(text: Buffer, start: number): number {
  let at = start;
  while (kinds[text[at]!] === KIND.number) {
    at += 1;
    if (at - start > MOST_DIGITS) throw noGrey();
  }
  return at;
}

/** A number as JSON writes it; NaN where it is none. */
function numberAt(text: Buffer, start: number, end: number): number {
  const first = text[start]! - ZERO;
  // Most are one to three digits.
  if (end - start === 1 && first >= 0 && first <= 9) return first;
  if (end - start <= 3 && first >= 1 && first <= 9) {
    let value = first;
    for (let at = start + 1; at < end; at += 1) {
      const digit = text[at]! - ZERO;
      if (digit < 0 || digit > 9) return slowNumber(text, start, end);
      value = 10 * value + digit;
    }
    return value;
  }
  return slowNumber(text, start, end);
}

function slowNumber(text: Buffer, start: number, end: number): number {
  const written = text.toString("latin1", start, end);
  return NUMBER.test(written) ? Number(written) : Number.NaN;
}

/**
 * Files of an array, in base64.
 * @param most files; more are refused
 * @throws InputError `bad-tensor`
 */
export async function decodeFiles(text: Buffer, { from, to }: Span, most: number): Promise<Uint8Array[]> {
  const turns = new Turns();
  const files: Uint8Array[] = [];
  const last = to - 1;
  let at = skipBlanks(text, from + 1, last);
  while (at < last) {
    if (text[at] !== BYTE.quote || files.length === most) throw noFiles(most);
    const quote = await closingQuote(text, at + 1, last, turns);
    const file = await decodeBase64(text.subarray(at + 1, quote), turns);
    if (file === undefined) throw noFiles(most);
    files.push(file);
    at = skipBlanks(text, quote + 1, last);
    if (at >= last) break;
    if (text[at] !== BYTE.comma) throw noFiles(most);
    at = skipBlanks(text, at + 1, last);
    if (at >= last) throw noFiles(most);
  }
  return files;
}

const noFiles = (most: number): InputError =>
  new InputError("bad-tensor", `expected at most ${most} texts, each a file in base64`);

/** Blanks that a writer puts between two texts. */
const MOST_BLANKS = 10_000;

function skipBlanks(text: Buffer, place: number, end: number): number {
  const last = Math.min(end, place + MOST_BLANKS);
  let at = place;
  while (at < last && kinds[text[at]!] === KIND.blank) at += 1;
  return at;
}
