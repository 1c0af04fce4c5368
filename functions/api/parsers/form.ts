import { InputError } from "../../../lib/domain/errors.ts";
import { TURN_BYTES, Turns } from "./turns.ts";

/** Far more than a batch's films and fields. */
const MOST_PARTS = 256;
/** Names of a field and a file, and a type: a browser sends some 200 bytes. */
const MOST_HEADER_BYTES = 4096;
/** RFC 2046, 5.1.1. */
const BOUNDARY = /;[ \t]*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70})(?=[\s;]|$))/i;

const CRLF = "\r\n";
const HEADERS_END = Buffer.from(`${CRLF}${CRLF}`);

export interface Part {
  /** Of its field. */
  readonly name: string;
  /** Whether it names a file, as a text field does not. */
  readonly isFile: boolean;
  /** A view of the body. */
  readonly bytes: Buffer;
}

const fault = (what: string): InputError => new InputError("bad-multipart", `body: ${what}`);

/**
 * The parts of a multipart/form-data body (RFC 7578), as views of it. A boundary ends a part only on a line of its own (RFC
 * 2046, 5.1.1), since its text may stand anywhere in a film. What a part may be is looked at before it is taken apart, and
 * the thread is left to others now and then.
 * @param type the body's content-type
 * @throws InputError `bad-multipart`
 */
export async function parseForm(body: Buffer, type: string): Promise<Part[]> {
  const [, quoted, bare] = BOUNDARY.exec(type) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw fault("no boundary of 1 to 70 characters in its content-type");
  const parts: Part[] = [];
  let from: number | undefined;
  for await (const { start, next, last } of delimiters(body, boundary)) {
    if (from !== undefined) parts.push(partOf(body.subarray(from, start)));
    if (last) return parts;
    from = next;
  }
  throw fault("not well-formed multipart/form-data, expected its last boundary");
}

interface Delimiter {
  /** Where what stands before it ends. */
  readonly start: number;
  /** Where what stands after it begins. */
  readonly next: number;
  readonly last: boolean;
}

async function* delimiters(body: Buffer, boundary: string): AsyncGenerator<Delimiter> {
  const line = Buffer.from(`${CRLF}--${boundary}`, "latin1");
  // The first has no line before it.
  if (body.subarray(0, line.length - CRLF.length).equals(line.subarray(CRLF.length))) {
    const end = endOfLine(body, line.length - CRLF.length);
    if (end !== undefined) yield { start: 0, ...end };
  }
  let found = 0;
  for await (const start of placesOf(line, body)) {
    found += 1;
    if (found > MOST_PARTS) throw fault(`more parts than ${MOST_PARTS}, the most that a form may have`);
    const end = endOfLine(body, start + line.length);
    if (end !== undefined) yield { start, ...end };
  }
}

/** Where a text stands in the body, looked for piece by piece. */
async function* placesOf(text: Buffer, body: Buffer): AsyncGenerator<number> {
  const turns = new Turns();
  for (let from = 0; from < body.length; from += TURN_BYTES) {
    // A place that begins in this piece may end in the next.
    const piece = body.subarray(from, from + TURN_BYTES + text.length - 1);
    for (let at = piece.indexOf(text); at !== -1; at = piece.indexOf(text, at + text.length)) yield from + at;
    await turns.worked(piece.length);
  }
}

/** Blanks that may stand behind a boundary. */
const MOST_PADDING = 64;
const [SPACE, TAB, CR, LF, DASH] = [0x20, 0x09, 0x0d, 0x0a, 0x2d];

/** What follows the boundary's text at that place; undefined where it is not the whole line. */
function endOfLine(body: Buffer, place: number): Pick<Delimiter, "next" | "last"> | undefined {
  if (body[place] === DASH && body[place + 1] === DASH) return { next: place + 2, last: true };
  let at = place;
  while (at - place < MOST_PADDING && (body[at] === SPACE || body[at] === TAB)) at += 1;
  return body[at] === CR && body[at + 1] === LF ? { next: at + 2, last: false } : undefined;
}

function partOf(bytes: Buffer): Part {
  const end = bytes.subarray(0, MOST_HEADER_BYTES).indexOf(HEADERS_END);
  if (end === -1) throw fault(`a part without a blank line in its first ${MOST_HEADER_BYTES} bytes, after its headers`);
  const lines = bytes.subarray(0, end).toString("utf8").split(CRLF);
  const disposition = lines.find((line) => /^content-disposition:/i.test(line));
  const parameters = disposition === undefined ? undefined : parametersOf(disposition);
  const name = parameters?.get("name");
  if (name === undefined) throw fault('a part without `content-disposition: form-data; name="..."`');
  const isFile = parameters!.has("filename") || parameters!.has("filename*");
  return { name, isFile, bytes: bytes.subarray(end + HEADERS_END.length) };
}

/** `form-data; name="film"; filename="a.png"`: parameters by name; undefined where it is no form's. */
function parametersOf(disposition: string): Map<string, string> | undefined {
  if (!/^content-disposition:[ \t]*form-data[ \t]*(;|$)/i.test(disposition)) return undefined;
  const found = disposition.matchAll(/;[ \t]*([\w*-]+)=(?:"([^"]*)"|([^\s;"]*))/g);
  return new Map([...found].map(([, key, quoted, bare]) => [key!.toLowerCase(), quoted ?? bare ?? ""]));
}
