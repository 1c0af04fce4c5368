import { InputError } from "../domain/errors.ts";

/** Start of the names that the disk store keeps for files of its own. */
export const RESERVED = ".hilum-";

/** The limits of S3 (a key) and of common file systems (a segment), in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
const MAX_SEGMENT_BYTES = 240;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNPRINTABLE = /[\u0000-\u001f\u007f\\]|\p{Surrogate}/u;

const FAULTS: readonly (readonly [string, (segment: string) => boolean])[] = [
  ["an empty segment", (segment) => segment === ""],
  ["a segment `.` or `..`", (segment) => segment === "." || segment === ".."],
  ["a backslash or a control character", (segment) => UNPRINTABLE.test(segment)],
  [`a segment that starts with ${RESERVED}`, (segment) => segment.startsWith(RESERVED)],
  [`a segment of over ${MAX_SEGMENT_BYTES} bytes`, (segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES],
];

function refuse(uri: string, what: string, text: string, fault: string): never {
  const shown = JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
  throw new InputError("store-key", `${uri}: ${what} ${shown} has ${fault}, expected a relative path like a/b.json`);
}

function check(uri: string, what: string, text: string, segments: readonly string[]): void {
  if (Buffer.byteLength(text) > MAX_KEY_BYTES) refuse(uri, what, text, `over ${MAX_KEY_BYTES} bytes`);
  for (const segment of segments) {
    const fault = FAULTS.find(([, applies]) => applies(segment));
    if (fault !== undefined) refuse(uri, what, text, fault[0]);
  }
}

/** Whether a name can be a segment of a key. */
export const isSegment = (name: string): boolean => !FAULTS.some(([, applies]) => applies(name));

/** What keeps a text from being a key, as checkKey throws it; undefined where it can be one. */
export function faultOfKey(uri: string, key: string): InputError | undefined {
  try {
    checkKey(uri, key);
    return undefined;
  } catch (error) {
    return error as InputError;
  }
}

/** @throws InputError `store-key` */
export function checkKey(uri: string, key: string): void {
  check(uri, "key", key, key.split("/"));
}

/** A prefix is the start of a key: empty, whole segments, or cut anywhere. @throws InputError `store-key` */
export function checkPrefix(uri: string, prefix: string): void {
  const segments = prefix.split("/");
  const last = segments.pop();
  check(uri, "prefix", prefix, last === "" ? segments : [...segments, last!]);
}

/** Order of keys in a listing: by bytes of UTF-8, which is by code point. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
