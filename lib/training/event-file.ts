/** One point of a curve that TensorBoard draws. */
export interface Scalar {
  /** Curves with the same part before a slash stand together. */
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/**
 * A TensorBoard event file: TFRecords of `tensorflow.Event` messages (tensorflow/core/util/event.proto). Written by
 * hand, since tfjs-node's writer cannot be closed and works on folders of this machine only.
 * @param at time of all points
 */
export function eventFile(scalars: readonly Scalar[], at: Date): Uint8Array {
  const seconds = at.getTime() / 1000;
  const version = concat(double(1, seconds), text(3, "brain.Event:2"));
  return concat(record(version), ...scalars.map((scalar) => record(event(scalar, seconds))));
}

function event({ tag, step, value }: Scalar, seconds: number): Uint8Array {
  const summaryValue = concat(text(1, tag), float(2, value));
  const summary = bytes(1, summaryValue);
  return concat(double(1, seconds), integer(2, step), bytes(5, summary));
}

/** Length, its checksum, data, its checksum (tensorflow/core/lib/io/record_writer.h). */
function record(data: Uint8Array): Uint8Array {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return concat(length, checksum(length), data, checksum(data));
}

/** CRC-32C, turned and shifted, since data that hold their own CRC have poor ones. */
function checksum(data: Uint8Array): Uint8Array {
  const crc = crc32c(data);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** RFC 3720, appendix B.4. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

/** Protobuf's wire types. */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const key = (field: number, wire: number): Uint8Array => varint(field * 8 + wire);
const integer = (field: number, value: number): Uint8Array => concat(key(field, WIRE.varint), varint(value));
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  concat(key(field, WIRE.bytes), varint(value.length), value);
const text = (field: number, value: string): Uint8Array => bytes(field, new TextEncoder().encode(value));

function double(field: number, value: number): Uint8Array {
  const encoded = Buffer.alloc(8);
  encoded.writeDoubleLE(value);
  return concat(key(field, WIRE.fixed64), encoded);
}

function float(field: number, value: number): Uint8Array {
  const encoded = Buffer.alloc(4);
  encoded.writeFloatLE(value);
  return concat(key(field, WIRE.fixed32), encoded);
}

/** @param value whole, not negative */
function varint(value: number): Uint8Array {
  const parts: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) parts.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...parts, rest);
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);
