import { describe, expect, it } from "vitest";
import { fallingOrder } from "../../../lib/domain/metrics/falling-order.ts";
import { normal, random } from "../../../lib/domain/random.ts";

describe("order by falling score", () => {
  const next = random(1, "order");
  const kinds: Readonly<Record<string, () => number>> = {
    probabilities: next,
    "heavy ties": () => Math.floor(8 * next()) / 8,
    "all sizes and signs": () => normal(next) * 10 ** Math.floor(40 * next() - 20),
    "noughts of both signs and infinities": () => [0, -0, Infinity, -Infinity, 1][Math.floor(5 * next())]!,
  };
  it.each(Object.keys(kinds))("is that of a stable comparison: %s", (kind) => {
    for (const rows of [0, 1, 50, 999, 1000, 20_000]) {
      const scores = Float64Array.from({ length: rows }, kinds[kind]!);
      const some = Uint32Array.from(scores.keys()).filter((row) => row % 3 > 0);
      const expected = some.slice().sort((a, b) => (scores[a] === scores[b] ? 0 : scores[b]! - scores[a]!));
      expect(fallingOrder(scores, some.slice())).toEqual(expected);
    }
  });
});
