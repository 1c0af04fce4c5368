import { afterAll, beforeAll, describe, it } from "vitest";
import { killPromotions, racePromotions } from "../lib/registry/promotions.ts";
import { type Ground, IMPLEMENTATIONS } from "../lib/store/implementations.ts";
import { SERVER_TIMEOUT_MS } from "../versitygw.ts";

/** Of each kind; HILUM_PROMOTION_ROUNDS sets another number. */
const ROUNDS = Number(process.env.HILUM_PROMOTION_ROUNDS ?? 50);
const KILLS = ROUNDS;

describe.each(IMPLEMENTATIONS.filter(({ name }) => name !== "memory"))("promotions: $name", ({ begin, absent }) => {
  describe.skipIf(absent)("of many processes", () => {
    let ground: Ground;
    beforeAll(async () => {
      ground = await begin();
    }, SERVER_TIMEOUT_MS);
    afterAll(() => ground?.end());

    it(`16 at once, ${ROUNDS} times: one wins, the others are told`, () => racePromotions(ground, ROUNDS));
    it(`killed ${KILLS} times: the pointer is the old or the new one`, () => killPromotions(ground, KILLS));
  });
});
