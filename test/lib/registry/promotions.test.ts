import { afterAll, beforeAll, describe, it } from "vitest";
import { type Ground, IMPLEMENTATIONS } from "../store/implementations.ts";
import { killPromotions, racePromotions } from "./promotions.ts";

/** The long ones are in test/slow. */
const ROUNDS = 8;
const KILLS = 4;

describe.each(IMPLEMENTATIONS.filter(({ name }) => name !== "memory"))("promotions: $name", ({ begin, absent }) => {
  describe.skipIf(absent)("of many processes", () => {
    let ground: Ground;
    beforeAll(async () => {
      ground = await begin();
    });
    afterAll(() => ground?.end());

    it(`16 at once, ${ROUNDS} times: one wins, the others are told`, () => racePromotions(ground, ROUNDS));
    it(`killed ${KILLS} times: the pointer is the old or the new one`, () => killPromotions(ground, KILLS));
  });
});
