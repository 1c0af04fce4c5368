import { deflateRawSync } from "node:zlib";

/** Writes DICOM files for tests, by PS3.5 and PS3.10; independent of the reader. */
export type Value = string | number | readonly number[] | Uint8Array | readonly DicomTags[] | Items;

/** A sequence written in another way than the standard's plainest. */
export interface Items {
  readonly items: readonly DicomTags[];
  /** Of the items' own elements, where that is not as around them. */
  readonly explicit?: boolean;
  /** Of undefined length, sequence and items. */
  readonly open?: boolean;
}
export type DicomTags = Readonly<Record<string, readonly [vr: string, value: Value]>>;

export const SYNTAX = {
  implicit: "1.2.840.10008.1.2",
  explicit: "1.2.840.10008.1.2.1",
  deflated: "1.2.840.10008.1.2.1.99",
  bigEndian: "1.2.840.10008.1.2.2",
  rle: "1.2.840.10008.1.2.5",
  jpegBaseline: "1.2.840.10008.1.2.4.50",
  jpegLossless: "1.2.840.10008.1.2.4.57",
  jpegLosslessSv1: "1.2.840.10008.1.2.4.70",
  jpegLs: "1.2.840.10008.1.2.4.80",
  jpeg2000: "1.2.840.10008.1.2.4.90",
  htj2k: "1.2.840.10008.1.2.4.201",
} as const;

export interface Encoding {
  readonly explicit: boolean;
  readonly big: boolean;
}

const LONG = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));
const OPEN = 0xffffffff;

function element(tag: string, vr: string, value: Value, encoding: Encoding): Buffer {
  const body = valueBytes(vr, value, encoding);
  const length = isItems(value) && value.open ? OPEN : body.length;
  return Buffer.concat([elementHeader(tag, vr, length, encoding), body]);
}

const isItems = (value: Value): value is Items => typeof value === "object" && "items" in value;

function sequence({ items, explicit, open = false }: Items, around: Encoding): Buffer {
  const encoding = { ...around, explicit: explicit ?? around.explicit };
  const bare = (tag: string, length: number) => elementHeader(tag, "", length, { ...encoding, explicit: false });
  const written = items.map((tags) => {
    const body = elements(tags, encoding);
    if (!open) return Buffer.concat([bare("fffee000", body.length), body]);
    return Buffer.concat([bare("fffee000", OPEN), body, bare("fffee00d", 0)]);
  });
  return Buffer.concat(open ? [...written, bare("fffee0dd", 0)] : written);
}

function elementHeader(tag: string, vr: string, length: number, { explicit, big }: Encoding): Buffer {
  const u16 = (n: number) => Buffer.from(big ? [n >> 8, n & 255] : [n & 255, n >> 8]);
  const u32 = (n: number) => {
    const b = Buffer.alloc(4);
    if (big) b.writeUInt32BE(n);
    else b.writeUInt32LE(n);
    return b;
  };
  const name = [u16(Number.parseInt(tag.slice(0, 4), 16)), u16(Number.parseInt(tag.slice(4), 16))];
  if (!explicit) return Buffer.concat([...name, u32(length)]);
  if (LONG.has(vr)) return Buffer.concat([...name, Buffer.from(vr), Buffer.alloc(2), u32(length)]);
  return Buffer.concat([...name, Buffer.from(vr), u16(length)]);
}

function valueBytes(vr: string, value: Value, encoding: Encoding): Buffer {
  if (value instanceof Uint8Array) return even(Buffer.from(value), 0);
  if (typeof value === "string") return even(Buffer.from(value, "latin1"), vr === "UI" ? 0 : 32);
  if (isItems(value)) return sequence(value, encoding);
  if (vr === "SQ") return sequence({ items: value as readonly DicomTags[] }, encoding);
  const numbers = typeof value === "number" ? [value] : (value as readonly number[]);
  const words = Buffer.alloc(numbers.length * 2);
  numbers.forEach((n, i) => {
    if (encoding.big) words.writeUInt16BE(n & 0xffff, i * 2);
    else words.writeUInt16LE(n & 0xffff, i * 2);
  });
  return words;
}

const even = (bytes: Buffer, pad: number): Buffer =>
  bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from([pad])]);

const elements = (tags: DicomTags, encoding: Encoding): Buffer =>
  Buffer.concat(
    Object.entries(tags)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([tag, [vr, value]]) => element(tag, vr, value, encoding)),
  );

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed?: boolean;
  readonly values: Int32Array | Uint8Array | Uint16Array;
}

/** Pixel data in the byte order of the syntax. */
export function nativePixels({ bitsAllocated, values }: Picture, big = false): Buffer {
  if (bitsAllocated === 8) return Buffer.from(Uint8Array.from(values));
  const bytes = Buffer.alloc(values.length * 2);
  for (let i = 0; i < values.length; i += 1) {
    if (big) bytes.writeUInt16BE(values[i]! & 0xffff, i * 2);
    else bytes.writeUInt16LE(values[i]! & 0xffff, i * 2);
  }
  return bytes;
}

const describe = (picture: Picture): DicomTags => ({
  "00080060": ["CS", "CR"],
  "00180015": ["CS", "CHEST"],
  "00280002": ["US", 1],
  "00280004": ["CS", "MONOCHROME2"],
  "00280010": ["US", picture.height],
  "00280011": ["US", picture.width],
  "00280100": ["US", picture.bitsAllocated],
  "00280101": ["US", picture.bitsStored],
  "00280102": ["US", picture.bitsStored - 1],
  "00280103": ["US", picture.signed ? 1 : 0],
});

export interface DicomOptions {
  readonly syntax?: string;
  readonly tags?: DicomTags;
  /** Compressed fragments of the one frame. */
  readonly fragments?: readonly Uint8Array[];
  readonly preamble?: boolean;
  /** One element, by default as PS3.10 has it. */
  readonly meta?: boolean | Partial<Encoding>;
  /** Bytes between meta header and data set. */
  readonly behindMeta?: Uint8Array;
  readonly pixels?: boolean;
}

/** Transfer syntax alone. */
export const metaHeader = (syntax: string, encoding: Encoding): Buffer => element("00020010", "UI", syntax, encoding);

export function dicomFile(picture: Picture, options: DicomOptions = {}): Buffer {
  const { syntax = SYNTAX.explicit, tags = {}, fragments, preamble = true, meta = true, pixels = true } = options;
  const metaEncoding = { explicit: true, big: false, ...(meta === true ? {} : meta) };
  const encoding = { explicit: syntax !== SYNTAX.implicit, big: syntax === SYNTAX.bigEndian };
  const body = [elements({ ...describe(picture), ...tags }, encoding)];
  if (pixels && fragments) body.push(encapsulated(fragments));
  else if (pixels) {
    const vr = picture.bitsAllocated === 8 ? "OB" : "OW";
    body.push(element("7fe00010", vr, nativePixels(picture, encoding.big), encoding));
  }
  const dataSet = Buffer.concat(body);
  return Buffer.concat([
    preamble ? Buffer.concat([Buffer.alloc(128), Buffer.from("DICM")]) : Buffer.alloc(0),
    meta ? metaHeader(syntax, metaEncoding) : Buffer.alloc(0),
    options.behindMeta ?? Buffer.alloc(0),
    syntax === SYNTAX.deflated ? deflateRawSync(dataSet) : dataSet,
  ]);
}

function encapsulated(fragments: readonly Uint8Array[]): Buffer {
  const encoding = { explicit: true, big: false };
  const item = (bytes: Uint8Array) => {
    const whole = even(Buffer.from(bytes), 0);
    return Buffer.concat([elementHeader("fffee000", "", whole.length, { ...encoding, explicit: false }), whole]);
  };
  return Buffer.concat([
    elementHeader("7fe00010", "OB", OPEN, encoding),
    item(new Uint8Array()),
    ...fragments.map(item),
    elementHeader("fffee0dd", "", 0, { ...encoding, explicit: false }),
  ]);
}
