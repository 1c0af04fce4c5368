import { expect, it } from "vitest";
import { binomialError, CONFIDENCE, MARGIN, promotionRate } from "./gate-simulation.ts";

/** The long simulation is in test/slow. */
const SIMULATIONS = 200;

it("a candidate worse by exactly the margin is promoted at the stated error rate", () => {
  const error = 1 - CONFIDENCE;
  expect(Math.abs(promotionRate(-MARGIN, SIMULATIONS) - error)).toBeLessThan(binomialError(error, SIMULATIONS));
});

it("a better one is promoted more often", () => {
  expect(promotionRate(0.06, SIMULATIONS / 2)).toBeGreaterThan(0.8);
});
