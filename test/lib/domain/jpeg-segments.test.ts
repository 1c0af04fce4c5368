import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isFrame, jpegSegments, readJpegFrame } from "../../../lib/domain/jpeg-segments.ts";

const START = Buffer.from([0xff, 0xd8]);
const segment = (marker: number, content: Uint8Array, filling = 0): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(2 + content.length);
  return Buffer.concat([Buffer.alloc(filling, 0xff), Buffer.from([0xff, marker]), length, content]);
};
const markers = fc
  .integer({ min: 0xc0, max: 0xfe })
  .filter((marker) => marker !== 0xda && !(marker >= 0xd0 && marker <= 0xd9));
const segments = fc.array(fc.tuple(markers, fc.uint8Array({ maxLength: 30 }), fc.nat(3)), { maxLength: 8 });

describe("jpegSegments", () => {
  it("finds what was written, up to the first scan", () => {
    fc.assert(
      fc.property(segments, (written) => {
        const bytes = Buffer.concat([
          START,
          ...written.map((one) => segment(...one)),
          segment(0xda, START),
          Buffer.alloc(9, 0xff),
        ]);
        const found = [...jpegSegments(bytes)].map(({ marker, start, end }) => [
          marker,
          [...bytes.subarray(start, end)],
        ]);
        expect(found).toEqual(written.map(([marker, content]) => [marker, [...content]]));
      }),
    );
  });

  it("passes markers that have no length", () => {
    const alone = fc.constantFrom(0x01, 0xd0, 0xd7, 0xd8, 0xd9);
    fc.assert(
      fc.property(segments, fc.array(alone), (written, markers) => {
        const between = Buffer.concat(markers.map((marker) => Buffer.from([0xff, marker])));
        const bytes = Buffer.concat([START, ...written.flatMap((one) => [between, segment(...one)]), between]);
        expect([...jpegSegments(bytes)].map(({ marker }) => marker)).toEqual(written.map(([marker]) => marker));
      }),
    );
  });

  it("ends with whatever bytes it is given, and finds nothing outside them but an end", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = Buffer.concat([START, noise]);
        const found = [...jpegSegments(bytes)];
        expect(found.length).toBeLessThanOrEqual(noise.length / 2);
        for (const one of found) {
          expect(one.start).toBeLessThanOrEqual(bytes.length);
          expect(readJpegFrame(bytes, one) === undefined).toBe(one.start + 6 > bytes.length);
        }
      }),
    );
  });
});

it("tells frames from the tables that have markers among theirs", () => {
  const frames = Array.from({ length: 256 }, (_, marker) => marker).filter(isFrame);
  expect(frames).toEqual([0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]);
});
