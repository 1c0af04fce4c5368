import { isCutOff, post } from "../post.ts";

/** What keeps a parser of the main process busy, if anything does; one name a kind. */
export interface Attack {
  readonly name: string;
  readonly path: string;
  /** Made where it is sent: all of them take gigabytes. */
  readonly body: () => Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const FORM = { "content-type": "multipart/form-data; boundary=X" };
const JSON_TYPE = { "content-type": "application/json" };
const MEGABYTE = 1_000_000;
/** Just under what a film may have, and a batch, and tensors. */
const [FILM, BATCH, INFER] = [49 * MEGABYTE, 99 * MEGABYTE, 7_900_000];
/** And under what any other JSON may have. */
const SHORT = 99_000;

const times = (text: string, bytes: number): string => text.repeat(Math.floor(bytes / text.length));
const part = (content: string | Buffer, name = "film", file = '; filename="a"', more = ""): Buffer =>
  Buffer.concat([
    Buffer.from(`--X\r\ncontent-disposition: form-data; name="${name}"${file}\r\n${more}\r\n`),
    Buffer.from(content as string),
    Buffer.from("\r\n"),
  ]);
const form = (...parts: readonly Buffer[]): Buffer => Buffer.concat([...parts, Buffer.from("--X--\r\n")]);
const text = (content: string): Buffer => part(content, "feedback", "");

type Given = readonly [name: string, path: string, make: () => string | Buffer];

function forms(path: string, bytes: number, field = "film"): Given[] {
  const headers = '; filename="a"';
  return [
    ["one part", path, () => form(part(Buffer.alloc(bytes), field))],
    ["line ends", path, () => form(part(times("\r\n", bytes), field))],
    ["beginnings of boundaries", path, () => form(part(times("\r\n--", bytes), field))],
    ["boundaries on no line of their own", path, () => form(part(times("\r\n--Xx", bytes)))],
    ["boundaries alone", path, () => times("\r\n--X\r\n", bytes)],
    ["part headers", path, () => form(part("x", "film", headers, times("a: b\r\n", bytes)))],
    ["a long name", path, () => form(part("x", "a".repeat(bytes)))],
    ["an escaped name", path, () => form(part("x", times("%22", bytes)))],
    ["many parts", path, () => form(...Array.from({ length: 250 }, () => part(Buffer.alloc(Math.floor(bytes / 260)))))],
  ];
}

/** JSON of so many bytes. */
const texts: Readonly<Record<string, (bytes: number) => string>> = {
  "nested arrays": (n) => "[".repeat(n / 2) + "]".repeat(n / 2),
  "nested objects": (n) => `${'{"a":'.repeat(n / 6)}1${"}".repeat(n / 6)}`,
  "empty arrays": (n) => `[${times("[],", n)}1]`,
  "empty objects": (n) => `[${times("{},", n)}1]`,
  numbers: (n) => `[${times("1,", n)}1]`,
  "long numbers": (n) => `[${times("127.00392156862745,", n)}1]`,
  "one number": (n) => "9".repeat(n),
  "a string": (n) => `"${"a".repeat(n)}"`,
  escapes: (n) => `"${times('\\"', n)}"`,
  "keys that are numbers": (n) =>
    `{${Array.from({ length: n / 14 }, (_, i) => `"${(i * 4001) % 4_294_967_290}":1`).join()}}`,
  "labels of many keys": (n) =>
    `{"labels":{${Array.from({ length: n / 12 }, (_, i) => `"${i.toString(16)}":1`).join()}}}`,
  blanks: (n) => " ".repeat(n),
};

const INPUT = '"name":"pixels","shape":[1,1400,1400],"datatype":"UINT8"';
const inData = (value: string): string => `{"inputs":[{${INPUT},"data":${value}}]}`;
const beside = (more: string): string => `{"inputs":[{${INPUT},"data":[1]}],${more}}`;
const films = (value: string): string =>
  `{"inputs":[{"name":"film","shape":[1],"datatype":"BYTES","data":[${value}]}]}`;

/** @param model name of the one that answers @param film a sound one @param upload where a film may be sent ahead */
export function attacks(model: string, film: Buffer, upload: string): Attack[] {
  const infer = `/v2/models/${model}/infer`;
  const of = (headers: Attack["headers"], given: readonly Given[]): Attack[] =>
    given.map(([name, path, make]) => ({
      name: `${name} to ${path.split(/[?\d]{2}|\?/)[0]}`,
      path,
      body: () => Buffer.from(make() as string),
      headers,
    }));
  const json = Object.entries(texts);
  return [
    ...of(FORM, [
      ...forms("/v1/predictions", FILM),
      ...forms("/v1/predictions:batch", BATCH),
      ...forms(upload, BATCH, "file"),
      ...json.map(
        ([name, make]): Given => [`a field of ${name}`, "/v1/feedback", () => form(text(make(FILM)), part(film))],
      ),
    ]),
    ...of(JSON_TYPE, [
      ...json.flatMap(([name, make]): Given[] => [
        [name, "/v1/predictions", () => make(FILM)],
        [`short ${name}`, "/v1/feedback", () => make(SHORT)],
        [`data of ${name}`, infer, () => inData(make(INFER))],
        [`films of ${name}`, infer, () => films(make(INFER))],
        [`${name} beside data`, infer, () => beside(`"x":${make(INFER)}`)],
        [`short ${name} beside data`, infer, () => beside(`"parameters":${make(SHORT)}`)],
      ]),
      ["bad outputs", infer, () => beside(`"outputs":[${times('{"name":"x"},', INFER)}{}]`)],
      ["few bad outputs", infer, () => beside(`"outputs":[${times('{"name":"x"},', SHORT)}{}]`)],
      ["outputs", infer, () => beside(`"outputs":[${times('{"name":"maps"},', SHORT)}{"name":"maps"}]`)],
      ["many tensors", infer, () => `{"inputs":[${times(`{${INPUT},"data":[1]},`, INFER)}{}]}`],
      ["a film as numbers", infer, () => inData(`[${times("127,", 4 * 1400 * 1400).slice(0, -1)}]`)],
      ["base64", infer, () => films(`"${times("QUJD", INFER)}"`)],
    ]),
    ...of({}, [
      ["a file of zeros", "/v1/predictions", () => Buffer.alloc(FILM)],
      ["a query", `/v1/predictions?explain=${times("Edema,", 7000)}x`, () => film],
      ["a query of many", `/v1/predictions?${times("a&", 7000)}`, () => film],
      ["an explanation's query", `/v1/explanations?observation=${times("%41", 7000)}`, () => film],
      ["a search of runs", `/run-comparison?${times("run=a&", 7000)}`, () => ""],
    ]),
  ];
}

/** Of an attack whose connection was closed before all of it was sent, each time, so that its answer did not arrive. */
const CUT_OFF = 0;

/** Sends what an attack is, so often. @returns the status and the answer's length */
export async function send(
  url: string,
  { path, headers }: Attack,
  body: Buffer,
): Promise<{ status: number; bytes: number }> {
  if (path.startsWith("/run-")) {
    const response = await fetch(`${url}${path}`);
    return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
  }
  try {
    const { status, text: answer } = await post(`${url}${path}`, body, headers);
    return { status, bytes: Buffer.byteLength(answer) };
  } catch (error) {
    if (!isCutOff(error as NodeJS.ErrnoException)) throw error;
    return { status: CUT_OFF, bytes: 0 };
  }
}
