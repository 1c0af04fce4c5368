import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { beyondShare, mostRows } from "../../../lib/domain/reader-share.ts";

const readersOf = fc.array(fc.constantFrom(null, null, null, "a", "b", "c"), { maxLength: 200 });
const shareOf = fc.integer({ min: 0, max: 20 }).map((twentieths) => twentieths / 20);
const namesOf = (readers: readonly unknown[]): string[] => readers.map((_, row) => `feedback/patient1/study-${row}`);

const countsOf = (readers: readonly (string | null)[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const reader of readers) if (reader !== null) counts.set(reader, (counts.get(reader) ?? 0) + 1);
  return counts;
};

describe("one reader's share of the rows", () => {
  it("is passed by nobody, of the rows that are left, and what nobody sent stays", () => {
    fc.assert(
      fc.property(readersOf, shareOf, (readers, share) => {
        const beyond = beyondShare({ readers, names: namesOf(readers) }, share);
        const left = readers.filter((_, row) => !beyond.has(row));
        for (const count of countsOf(left).values()) expect(count).toBeLessThanOrEqual(share * left.length + 1e-6);
        expect(left.filter((reader) => reader === null)).toHaveLength(readers.filter((one) => one === null).length);
      }),
    );
  });

  it("is used up: one row more would pass it", () => {
    const counts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 500 }), shareOf, (of, others, share) => {
        const most = mostRows(of, others, share);
        if (most >= Math.max(...of)) return;
        for (let more = most + 1; more <= Math.max(...of); more += 1) {
          const left = of.reduce((sum, count) => sum + Math.min(count, more), others);
          expect(more).toBeGreaterThan(share * left + 1e-9);
        }
      }),
    );
  });

  it("leaves out the same films in whatever order they are listed", () => {
    fc.assert(
      fc.property(
        readersOf,
        shareOf,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        (readers, share, draw) => {
          const names = namesOf(readers);
          const mixed = readers.map((reader, row) => ({ reader, name: names[row]!, key: draw.next().value! }));
          mixed.sort((a, b) => a.key - b.key);
          const otherwise = { readers: mixed.map(({ reader }) => reader), names: mixed.map(({ name }) => name) };
          const first = [...beyondShare({ readers, names }, share)].map((row) => names[row]);
          const second = [...beyondShare(otherwise, share)].map((row) => otherwise.names[row]);
          expect(second.sort()).toEqual(first.sort());
        },
      ),
    );
  });

  it("keeps what was kept as a reader sends more, so that models before and after learn of the same films", () => {
    const few = Array.from({ length: 130 }, (_, row) => (row < 100 ? null : "a"));
    const more = [...few, ...Array.from({ length: 30 }, () => "a")];
    const leftOut = [few, more].map((readers) => beyondShare({ readers, names: namesOf(readers) }, 0.05));
    expect(leftOut.map(({ size }) => size)).toEqual([25, 55]);
    // Five of thirty were kept, and five of sixty are: those whose turn is first.
    expect([...leftOut[0]!].every((row) => leftOut[1]!.has(row))).toBe(true);
  });

  it("of everything leaves out nothing, and of nothing all that readers sent", () => {
    const readers = [null, "a", "a", "b"];
    expect([...beyondShare({ readers, names: namesOf(readers) }, 1)]).toEqual([]);
    expect([...beyondShare({ readers, names: namesOf(readers) }, 0)].sort()).toEqual([1, 2, 3]);
  });
});
