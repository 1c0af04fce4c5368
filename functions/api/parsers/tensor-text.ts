import { LimitError } from "../problems.ts";
import { BYTE, endOfString, nested } from "./json-text.ts";
import { TURN_BYTES, Turns } from "./turns.ts";

/** Where an array lies in a text, its brackets included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface TakenApart {
  /** The same text with `[]` where tensors had their data. */
  readonly rest: Buffer;
  readonly data: readonly Span[];
}

/** More than a request's names, shapes and parameters take. */
const REST_BYTES = 16_000;

/** Depths of a request's own object, of the array `inputs`, and of a tensor in it. */
const DEPTH = { request: 1, tensor: 3 } as const;
const KEYS = { inputs: Buffer.from('"inputs"'), data: Buffer.from('"data"') };
const NOTHING = Buffer.from("[]");
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * Finds what is long in a request of the Open Inference Protocol, `inputs[].data`, without building it: as values a million
 * numbers take as long as nobody should wait for health. What is left is as short as any other JSON.
 * @throws LimitError `json-too-large` where it is not; InputError `bad-json`
 */
export async function takeDataApart(text: Buffer): Promise<TakenApart> {
  const pieces: Buffer[] = [];
  const data: Span[] = [];
  let [depth, from, rest] = [0, 0, 0];
  let string = { from: 0, to: 0 };
  let inInputs = false;
  for (let at = 0; at < text.length; at += 1) {
    if (rest + at - from > REST_BYTES) throw restTooLarge();
    const byte = text[at]!;
    depth = nested(depth, byte);
    if (byte === BYTE.quote) {
      const to = endOfString(text.subarray(0, at + REST_BYTES), at);
      string = { from: at, to };
      at = to - 1;
    } else if (byte === BYTE.colon) {
      const key = text.subarray(string.from, string.to);
      if (depth === DEPTH.request) inInputs = key.equals(KEYS.inputs);
      if (depth !== DEPTH.tensor || !inInputs || !key.equals(KEYS.data)) continue;
      const start = afterBlanks(text, at + 1);
      if (text[start] !== BYTE.array) continue;
      const to = await endOfArray(text, start);
      data.push({ from: start, to });
      pieces.push(text.subarray(from, start), NOTHING);
      rest += start - from;
      from = to;
      at = to - 1;
    }
  }
  return { rest: Buffer.concat([...pieces, text.subarray(from)]), data };
}

const restTooLarge = (): LimitError =>
  new LimitError("json-too-large", `body: more than ${REST_BYTES} bytes of JSON beside its tensor's data`, REST_BYTES);

function afterBlanks(text: Buffer, place: number): number {
  let at = place;
  while (at - place < REST_BYTES && BLANKS.has(text[at]!)) at += 1;
  return at;
}

async function endOfArray(text: Buffer, start: number): Promise<number> {
  const turns = new Turns();
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; ) {
    const pause = Math.min(text.length, at + TURN_BYTES);
    for (; at < pause; at += 1) {
      const byte = text[at]!;
      if (inString) {
        if (byte === BYTE.backslash) at += 1;
        else if (byte === BYTE.quote) inString = false;
      } else if (byte === BYTE.quote) inString = true;
      else {
        depth = nested(depth, byte);
        if (depth === 0) return at + 1;
      }
    }
    await turns.worked(TURN_BYTES);
  }
  return text.length;
}
