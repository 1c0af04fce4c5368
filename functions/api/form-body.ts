import { randomBytes } from "node:crypto";

const BOUNDARY = /;\s*boundary=(?:"([^"]+)"|([^\s;]+))/i;

/**
 * A multipart/form-data body's parts. Node's parser ends a part wherever the boundary's text stands, and not only on a line
 * behind two dashes (RFC 2046, 5.1.1); a short one may stand anywhere in a film. So it is made one that stands nowhere.
 * @throws TypeError where the body is no such form
 */
export function parseForm(body: Buffer, type: string): Promise<FormData> {
  const [, quoted, bare] = BOUNDARY.exec(type) ?? [];
  const boundary = quoted ?? bare ?? "";
  if (boundary === "") return Promise.reject(new TypeError("no boundary"));
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
    from = at + delimiter.length;
  }
  return Buffer.concat([...pieces, whole.subarray(from)]).subarray(LINE.length);
}
