import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../lib/domain/errors.ts";
import {
  readSafetensors,
  safetensorsPieces,
  type Tensor,
  type TensorFile,
  writeSafetensors,
} from "../../../lib/store/safetensors.ts";
import { python } from "../../python.ts";

const shape = fc.array(fc.nat(4), { maxLength: 3 });
const size = (sides: readonly number[]) => sides.reduce((product, side) => product * side, 1);
const exactly = (length: number) => ({ minLength: length, maxLength: length });

const tensor: fc.Arbitrary<Tensor> = shape.chain((sides) =>
  fc.oneof(
    fc.float32Array(exactly(size(sides))).map((data): Tensor => ({ dtype: "F32", shape: sides, data })),
    fc.bigInt64Array(exactly(size(sides))).map((data): Tensor => ({ dtype: "I64", shape: sides, data })),
    fc.uint8Array(exactly(size(sides))).map((data): Tensor => ({ dtype: "U8", shape: sides, data })),
  ),
);
const file: fc.Arbitrary<TensorFile> = fc.record({
  tensors: fc.array(fc.tuple(fc.string(), tensor), { maxLength: 6 }).map((entries) => new Map(entries)),
  // Left out in reading, wherever it stands in a document.
  metadata: fc.dictionary(
    fc.string().filter((key) => key !== "__proto__"),
    fc.string(),
  ),
});

const bitsOf = ({ data }: Tensor) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
const comparable = ({ tensors, metadata }: TensorFile) => ({
  tensors: Object.fromEntries([...tensors].map(([name, t]) => [`name:${name}`, [t.dtype, t.shape, bitsOf(t)]])),
  metadata: { ...metadata },
});

/** A file with this header and so many bytes of tensors. */
function fileWith(header: unknown, dataBytes: number): Uint8Array {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, Buffer.alloc(dataBytes)]);
}

const f32 = (begin: number, end: number, sides = [(end - begin) / 4]) => ({
  dtype: "F32",
  shape: sides,
  data_offsets: [begin, end],
});

describe("safetensors", () => {
  test("what is written is read again, bit for bit", () => {
    fc.assert(
      fc.property(file, (original) => {
        const bytes = writeSafetensors(original);
        expect(comparable(readSafetensors(bytes, "a file"))).toEqual(comparable(original));
        expect(writeSafetensors(original).equals(bytes)).toBe(true);
      }),
    );
  });

  test("any tensor starts at a multiple of its element's size", () => {
    fc.assert(
      fc.property(file, (original) => {
        const [header, ...data] = safetensorsPieces(original);
        let offset = header!.length;
        expect(offset % 8).toBe(0);
        for (const piece of data) {
          const owner = [...original.tensors.values()].find(
            (t) => t.data.byteOffset === piece.byteOffset && t.data.buffer === piece.buffer,
          );
          expect(offset % owner!.data.BYTES_PER_ELEMENT).toBe(0);
          offset += piece.length;
        }
      }),
    );
  });

  test("a file cut short anywhere is refused", () => {
    const bytes = writeSafetensors({
      tensors: new Map([["w", { dtype: "F32", shape: [2, 3], data: new Float32Array(6) }]]),
      metadata: { step: "7" },
    });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => readSafetensors(bytes.subarray(0, length), "w.safetensors")).toThrow(InputError);
    }
    expect(() => readSafetensors(Buffer.concat([bytes, Buffer.alloc(1)]), "w.safetensors")).toThrow(
      "w.safetensors: 25 bytes of tensors, expected 24",
    );
  });

  test("a damaged file is read or refused, never anything else", () => {
    const bytes = writeSafetensors({
      tensors: new Map([["w", { dtype: "F32", shape: [2], data: new Float32Array([1, 2]) }]]),
      metadata: { a: "b" },
    });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = Uint8Array.from(bytes);
        damaged[at] = value;
        try {
          readSafetensors(damaged, "w");
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["a gap", { a: f32(0, 4), b: f32(8, 12) }, 12, "tensor b starts at byte 8, expected 4"],
    ["an overlap", { a: f32(0, 8), b: f32(4, 12) }, 12, "tensor b starts at byte 4, expected 8"],
    ["a shape of another size", { a: f32(0, 8, [3]) }, 8, "tensor a: 8 bytes, expected 12"],
    ["an element type of ours not", { a: { ...f32(0, 4), dtype: "F64" } }, 4, "tensor a: dtype"],
    ["a negative side", { a: f32(0, 4, [-1, -1]) }, 4, "tensor a: shape.0"],
    ["metadata that is no text", { __metadata__: { step: 7 } }, 0, "__metadata__"],
    ["a list", [], 0, "not a JSON object"],
    ["no JSON", "{", 0, "not JSON"],
    ["an enormous shape", { a: f32(0, 4, [2 ** 31, 2 ** 31, 2 ** 31]) }, 4, "tensor a: 4 bytes, expected"],
  ])("a header with %s is refused", (_, header, dataBytes, message) => {
    expect(() => readSafetensors(fileWith(header, dataBytes), "w")).toThrow(message);
  });

  test("Python's safetensors reads it and writes what we read", async () => {
    const original: TensorFile = {
      tensors: new Map<string, Tensor>([
        ["mask", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 0, 255) }],
        ["conv1/kernel", { dtype: "F32", shape: [2, 2], data: Float32Array.of(0.1, -2, 3e-30, 4) }],
        ["step", { dtype: "I64", shape: [], data: BigInt64Array.of(-(2n ** 53n)) }],
        ["empty", { dtype: "F32", shape: [0, 4], data: new Float32Array() }],
      ]),
      metadata: { network: "densenet-mini", note: "naïve ☃" },
    };
    const script = `
import base64, json, sys
from safetensors.numpy import load, save
from safetensors import deserialize
raw = base64.b64decode(json.load(sys.stdin))
arrays = load(raw)
n = int.from_bytes(raw[:8], "little")
metadata = json.loads(raw[8:8 + n])["__metadata__"]
shapes = {k: [str(a.dtype), list(a.shape), a.tobytes().hex()] for k, a in arrays.items()}
print(json.dumps({"arrays": shapes, "again": base64.b64encode(save(arrays, metadata)).decode()}))
`;
    const answer = await python<{ arrays: Record<string, [string, number[], string]>; again: string }>(
      script,
      writeSafetensors(original).toString("base64"),
    );
    const dtypes = { F32: "float32", I64: "int64", U8: "uint8" };
    expect(answer.arrays).toEqual(
      Object.fromEntries([...original.tensors].map(([name, t]) => [name, [dtypes[t.dtype], t.shape, bitsOf(t)]])),
    );
    expect(comparable(readSafetensors(Buffer.from(answer.again, "base64"), "python"))).toEqual(comparable(original));
  });
});
