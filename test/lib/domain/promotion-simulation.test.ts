import { describe, expect, it } from "vitest";
import { creep, promotionRate, SCENARIOS } from "../../../bench/gate/scenarios.ts";

/** `npm run bench -- gate` has more of them, and its table stands in docs/promotion.md. */
const SIMULATIONS = 40;
const SIZE = { patients: 100, mostFilms: 5 };
const EIGHTY = { patients: 80, mostFilms: 1 };

/** Three standard errors above the stated 5 %. */
const AT_MOST = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / SIMULATIONS);

describe("of simulated candidates", () => {
  it.each([
    "mean worse by the margin, 0.01",
    "Support Devices worse by the widest margin, 0.2",
    "the same, margins never widened",
    "the same, margin never widened",
  ] as const)("at most the stated share is promoted: %s", (scenario) => {
    expect(promotionRate(SCENARIOS[scenario], SIZE, SIMULATIONS)).toBeLessThan(AT_MOST);
  });

  it("better ones are promoted more often than equal ones", () => {
    const equal = promotionRate(SCENARIOS.equal, SIZE, SIMULATIONS);
    expect(promotionRate(SCENARIOS["better by 0.02"], SIZE, SIMULATIONS)).toBeGreaterThan(equal);
    expect(equal).toBeGreaterThan(0);
  });

  it("none is promoted that is worse by far, or that no exam compares", () => {
    expect(promotionRate(SCENARIOS["mean worse by 0.03"], SIZE, SIMULATIONS)).toBeLessThan(0.05);
    expect(promotionRate(SCENARIOS["equal, no exam can be held"], EIGHTY, SIMULATIONS)).toBe(0);
  });

  it("a calibrated first model is refused by chance no more often than stated, a wrong one of many films always", () => {
    expect(promotionRate(SCENARIOS["first model, calibrated"], EIGHTY, SIMULATIONS)).toBeGreaterThan(1 - AT_MOST);
    expect(promotionRate(SCENARIOS["first model, too high by 0.1, the limit"], EIGHTY, SIMULATIONS)).toBeGreaterThan(
      1 - AT_MOST,
    );
    expect(promotionRate(SCENARIOS["first model, too high by 0.2"], SIZE, SIMULATIONS)).toBeLessThan(0.05);
  });

  it("the anchor ends a creep of near copies that the champion alone lets through", () => {
    const size = { patients: 200, mostFilms: 4 };
    const lost = (anchored: boolean) => creep(size, 1, anchored, 10).lost;
    expect(lost(true)).toBeLessThan(lost(false) / 2);
  });
});
