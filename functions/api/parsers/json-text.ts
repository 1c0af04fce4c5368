import type * as z from "zod";
import { InputError } from "../../../lib/domain/errors.ts";
import { LimitError, schemaError } from "../problems.ts";

/** More than any upload's name or reader's labels take. */
export const JSON_BYTES = 100_000;
/** Deeper than anything that is read here. */
const MOST_NESTING = 32;

/** Bytes that give a JSON text its form (RFC 8259, section 2). */
export const BYTE = { quote: 0x22, backslash: 0x5c, colon: 0x3a, comma: 0x2c, array: 0x5b, arrayEnd: 0x5d } as const;
const OBJECT = { begin: 0x7b, end: 0x7d } as const;

/** How a byte outside of strings changes how deep what follows is nested. */
const nesting = new Int8Array(256);
for (const byte of [BYTE.array, OBJECT.begin]) nesting[byte] = 1;
for (const byte of [BYTE.arrayEnd, OBJECT.end]) nesting[byte] = -1;

/** @throws InputError `bad-json` */
export function nested(depth: number, byte: number): number {
  const now = depth + nesting[byte]!;
  if (now > MOST_NESTING) {
    throw new InputError("bad-json", `body: JSON nested deeper than ${MOST_NESTING}, expected no such`);
  }
  return now;
}

/** @throws InputError `bad-json`, `bad-request`; LimitError `json-too-large` */
export function parseJson<T extends z.ZodType>(bytes: Buffer, schema: T): z.infer<T> {
  if (bytes.length > JSON_BYTES) throw jsonTooLarge(bytes.length, JSON_BYTES);
  checkNesting(bytes);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new InputError("bad-json", "body: expected JSON", { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw schemaError("bad-request", "body", parsed.error);
  return parsed.data;
}

export const jsonTooLarge = (bytes: number, limit: number): LimitError =>
  new LimitError("json-too-large", `body: JSON of ${bytes} bytes, expected at most ${limit}`, limit);

/** The place behind the string that begins at that quote; the text's end where it has none. */
export function endOfString(text: Buffer, quote: number): number {
  let at = quote + 1;
  while (at < text.length && text[at] !== BYTE.quote) at += text[at] === BYTE.backslash ? 2 : 1;
  return Math.min(at + 1, text.length);
}

function checkNesting(text: Buffer): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === BYTE.quote) at = endOfString(text, at) - 1;
    else depth = nested(depth, text[at]!);
  }
}
