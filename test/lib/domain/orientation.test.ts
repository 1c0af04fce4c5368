import { expect, test } from "vitest";
import { luma } from "../../../lib/domain/luma.ts";
import { applyOrientation, type Orientation } from "../../../lib/domain/orientation.ts";

/** a b c / d e f, as each orientation stores it (Exif 2.32, figure 5). */
const STORED: Record<Orientation, string[]> = {
  1: ["abc", "def"],
  2: ["cba", "fed"],
  3: ["fed", "cba"],
  4: ["def", "abc"],
  5: ["ad", "be", "cf"],
  6: ["cf", "be", "ad"],
  7: ["fc", "eb", "da"],
  8: ["da", "eb", "fc"],
};

test.each(Object.entries(STORED))("orientation %s is undone", (orientation, rows) => {
  const stored = {
    width: rows[0]!.length,
    height: rows.length,
    maxValue: 255,
    data: new Uint8Array(Buffer.from(rows.join(""))),
  };
  const seen = applyOrientation(stored, Number(orientation) as Orientation);
  expect([seen.width, seen.height, Buffer.from(seen.data).toString()]).toEqual([3, 2, "abcdef"]);
});

test("luma keeps grey exactly, weighs colours by Rec. 601 and leaves alpha out", () => {
  const greys = Uint8Array.from({ length: 256 * 3 }, (_, i) => Math.floor(i / 3));
  expect(luma(greys, 3)).toEqual(Uint8Array.from({ length: 256 }, (_, i) => i));
  expect([...luma(Uint8Array.of(255, 0, 0, 9, 0, 255, 0, 9, 0, 0, 255, 9), 4)]).toEqual([76, 150, 29]);
  expect([...luma(Uint16Array.of(65535, 65535, 65535), 3)]).toEqual([65535]);
});
