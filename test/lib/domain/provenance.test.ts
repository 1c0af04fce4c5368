import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CHEXPERT, cautionOf, isOfStudy, kindOf, kindOfVersion, SOURCE_KINDS } from "../../../lib/domain/provenance.ts";

const sources = fc.array(fc.record({ name: fc.string(), kind: fc.constantFrom(...SOURCE_KINDS) }));

describe("what a model learned from", () => {
  test("films only where no source is drawn, whatever their order", () => {
    fc.assert(
      fc.property(sources, (all) => {
        const drawn = all.some(({ kind }) => kind === "phantom");
        expect(kindOf(all)).toBe(drawn ? "phantom" : "films");
        expect(kindOf(all.toReversed())).toBe(kindOf(all));
        expect(kindOf([...all, { kind: "phantom" }])).toBe("phantom");
        expect(kindOfVersion({ name: "demo", provenance: all })).toBe(kindOf(all));
        expect(cautionOf({ name: "demo", provenance: all }) === null).toBe(!drawn);
      }),
    );
  });

  test("of versions without it, the demo's are of drawings and all others count as films", () => {
    expect(kindOfVersion({ name: "demo" })).toBe("phantom");
    expect(cautionOf({ name: "demo" })).toMatch(/^Learned from drawings, not from patients/);
    expect(kindOfVersion({ name: "smoke" })).toBe("films");
    expect(cautionOf({ name: "smoke" })).toBeNull();
  });

  test("a mix is told as one", () => {
    const mixed = [{ kind: "own" }, { kind: "phantom" }] as const;
    expect(cautionOf({ name: "mine", provenance: mixed })).toMatch(/drawings and patients' films mixed/);
  });

  test("stands beside the study only where all films are of the study's data set", () => {
    const chexpert = { name: CHEXPERT, kind: "public" } as const;
    expect(isOfStudy([chexpert])).toBe(true);
    for (const other of [undefined, [], [chexpert, { name: "mine", kind: "own" }], [{ ...chexpert, kind: "own" }]]) {
      expect(isOfStudy(other as Parameters<typeof isOfStudy>[0])).toBe(false);
    }
  });
});
