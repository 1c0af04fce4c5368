import { expect, test } from "vitest";
import { filmIdentity } from "../../../lib/training/film-identity.ts";

type Data = Parameters<typeof filmIdentity>[0];

const data = (filmSha256: string[], size = 224): Data =>
  ({ rows: { filmSha256 }, plan: { geometry: { size, fit: "pad", resize: "antialias" } } }) as unknown as Data;
const one = filmIdentity(data(["aa", "bb", "cc"]), Uint32Array.of(0, 2));

test("films keep their identity where others stand before or between them", () => {
  expect(filmIdentity(data(["zz", "aa", "cc"]), Uint32Array.of(1, 2))).toBe(one);
});

test("another film, another order and another geometry are something else", () => {
  const others = [
    filmIdentity(data(["aa", "bb", "cc"]), Uint32Array.of(0, 1)),
    filmIdentity(data(["aa", "bb", "cc"]), Uint32Array.of(2, 0)),
    filmIdentity(data(["aa", "bb", "cc"], 320), Uint32Array.of(0, 2)),
  ];
  expect(new Set([one, ...others]).size).toBe(4);
});
