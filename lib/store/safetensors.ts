import { InputError } from "../domain/errors.ts";
import { ELEMENT_BYTES, HEADER_LIMIT, type Header, parseHeader } from "./safetensors-header.ts";

/**
 * The safetensors format (huggingface.co/docs/safetensors): eight bytes with the length of a JSON header, the header,
 * then every tensor's bytes without a gap, little-endian like all machines that Node and TensorFlow run on.
 * No code can hide in such a file, and Python, Rust and browsers read it.
 */
export type Tensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: "I64"; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly dtype: "U8"; readonly shape: readonly number[]; readonly data: Uint8Array };

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A tensor of each element type over bytes of its own. */
const TENSORS = {
  F32: (shape, buffer) => ({ dtype: "F32", shape, data: new Float32Array(buffer) }),
  I64: (shape, buffer) => ({ dtype: "I64", shape, data: new BigInt64Array(buffer) }),
  U8: (shape, buffer) => ({ dtype: "U8", shape, data: new Uint8Array(buffer) }),
} as const satisfies Record<Tensor["dtype"], (shape: readonly number[], buffer: ArrayBuffer) => Tensor>;

/** The file in pieces: its header, then a view of each tensor's own memory. The same input gives the same bytes. */
export function safetensorsPieces({ tensors, metadata }: TensorFile): Uint8Array[] {
  // Wide elements first, so that each tensor starts at a multiple of its element's size.
  const ordered = [...tensors].sort(([, a], [, b]) => ELEMENT_BYTES[b.dtype] - ELEMENT_BYTES[a.dtype]);
  const header: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  let offset = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === "__metadata__" || data.length !== elements(shape)) {
      throw new TypeError(`tensor ${name} has ${data.length} values, expected ${shape.join(" x ")}`);
    }
    header.push([name, { dtype, shape, data_offsets: [offset, offset + data.byteLength] }]);
    offset += data.byteLength;
  }
  const pieces = ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [encodeHeader(header), ...pieces];
}

export const writeSafetensors = (file: TensorFile): Buffer => Buffer.concat(safetensorsPieces(file));

/**
 * Reads a whole file; tensors are copies, so that `bytes` may go.
 * @param where what to call the file in an error
 * @throws InputError (`safetensors`) where the file is cut short, overlong or contradicts itself
 */
export function readSafetensors(bytes: Uint8Array, where: string): TensorFile {
  const { header, dataStart } = readHeader(bytes, where);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of header.tensors) {
    const { buffer } = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    tensors.set(name, TENSORS[dtype](shape, buffer));
  }
  return { tensors, metadata: header.metadata };
}

function readHeader(bytes: Uint8Array, where: string): { header: Header; dataStart: number } {
  const fault = (what: string): InputError => new InputError("safetensors", `${where}: ${what}`);
  if (bytes.length < 8) throw fault(`${bytes.length} bytes, expected at least 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > Math.min(bytes.length - 8, HEADER_LIMIT)) {
    throw fault(`header of ${length} bytes, but ${bytes.length - 8} follow; the file is cut short or of another kind`);
  }
  const dataStart = 8 + Number(length);
  return { header: parseHeader(bytes.subarray(8, dataStart), bytes.length - dataStart, fault), dataStart };
}

/** Length and JSON, padded with spaces so that the tensors start at a multiple of 8. */
function encodeHeader(entries: readonly (readonly [string, unknown])[]): Uint8Array {
  // Written entry by entry: an object would put names that look like numbers first.
  const json = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
  const text = Buffer.from(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded, " ");
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  text.copy(bytes, 8);
  return bytes;
}

const elements = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
