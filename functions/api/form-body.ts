import { randomBytes } from "node:crypto";
import { InputError } from "../../lib/domain/errors.ts";

/** Far more than a batch's films and fields: Node's parser takes a second for 50,000, and nobody is answered meanwhile. */
const MOST_PARTS = 256;

const BOUNDARY = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i;

/**
 * A multipart/form-data body's parts. Node's parser ends a part wherever the boundary's text stands, and not only on a line
 * behind two dashes (RFC 2046, 5.1.1); a short one may stand anywhere in a film. So it is made one that stands nowhere.
 * @throws InputError `bad-multipart` where there are too many; TypeError where the body is no such form
 */
export async function parseForm(body: Buffer, type: string): Promise<FormData> {
  const [, quoted, bare] = BOUNDARY.exec(type) ?? [];
  const boundary = quoted ?? bare ?? "";
  if (boundary === "") throw new TypeError("no boundary");
  const unique = randomBytes(16).toString("hex");
  const headers = { "content-type": `multipart/form-data; boundary=${unique}` };
  return new Response(delimitedBy(body, boundary, unique), { headers }).formData();
}

const LINE = Buffer.from("\r\n");

function delimitedBy(body: Buffer, before: string, after: string): Buffer<ArrayBuffer> {
  const whole = Buffer.concat([LINE, body]);
  const delimiter = Buffer.from(`\r\n--${before}`);
  const replacement = Buffer.from(`\r\n--${after}`);
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = whole.indexOf(delimiter); at !== -1; at = whole.indexOf(delimiter, from)) {
    pieces.push(whole.subarray(from, at), replacement);
    if (pieces.length > 2 * MOST_PARTS) {
      throw new InputError("bad-multipart", `body: more parts than ${MOST_PARTS}, the most that a form may have`);
    }
    from = at + delimiter.length;
  }
  return Buffer.concat([...pieces, whole.subarray(from)]).subarray(LINE.length);
}
