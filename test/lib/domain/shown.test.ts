import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeLines, escapeText, shown } from "../../../lib/domain/shown.ts";

const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/u;
const any = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });

test("nothing that a terminal obeys is left, and everything else is as it was", () => {
  fc.assert(
    fc.property(any, (text) => {
      expect(escapeText(text)).not.toMatch(OBEYED);
      expect(escapeLines(text).replaceAll(/[\n\t]/g, "")).not.toMatch(OBEYED);
      expect(shown(text, 50).length).toBeLessThanOrEqual(51 * 6);
      if (!OBEYED.test(text)) expect(escapeText(text)).toBe(text);
    }),
  );
});

test("JSON stays the same JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), any, (value, text) => {
      const json = JSON.stringify({ value, text }, null, 1);
      expect(JSON.parse(escapeLines(json))).toEqual(JSON.parse(json));
      const line = JSON.stringify({ value, text });
      expect(JSON.parse(escapeText(line))).toEqual(JSON.parse(line));
    }),
  );
});

test("names of other scripts and pictures stay, with their joiners", () => {
  for (const name of ["naïve.png", "فیلم‌ها", "שלום", "👩‍⚕️", "日本"]) expect(escapeText(name)).toBe(name);
});

test("a title, a colour and a turned direction are written out", () => {
  expect(escapeText("\u001b]0;x\u0007\u202egnp.exe\r\n")).toBe("\\u001b]0;x\\u0007\\u202egnp.exe\\r\\n");
});
