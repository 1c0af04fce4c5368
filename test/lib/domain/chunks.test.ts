import fc from "fast-check";
import { expect, it } from "vitest";
import { chunks } from "../../../lib/domain/chunks.ts";

it("cuts into pieces of so many that make the whole again, without a copy", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 20 }), (rows, length) => {
      const pieces = [...chunks(rows, length)];
      expect(pieces.flatMap((piece) => [...piece])).toEqual([...rows]);
      expect(pieces.slice(0, -1).every((piece) => piece.length === length)).toBe(true);
      expect(pieces.every((piece) => piece.length > 0 && piece.buffer === rows.buffer)).toBe(true);
    }),
  );
});
