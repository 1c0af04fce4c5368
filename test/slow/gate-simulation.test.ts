import { expect, it } from "vitest";
import { binomialError, CONFIDENCE, MARGIN, promotionRate } from "../lib/domain/gate-simulation.ts";

const SIMULATIONS = 2000;

it("the gate holds its error rate, and its power is reported", () => {
  const error = promotionRate(-MARGIN, SIMULATIONS);
  const rates = {
    "-margin": error,
    "no difference": promotionRate(0, SIMULATIONS),
    "+0.04": promotionRate(0.04, SIMULATIONS),
  };
  console.log(`promoted, of ${SIMULATIONS} simulations, by true difference:`, rates);
  const stated = 1 - CONFIDENCE;
  expect(Math.abs(error - stated)).toBeLessThan(binomialError(stated, SIMULATIONS));
  expect(rates["no difference"]).toBeGreaterThan(error);
  expect(rates["+0.04"]).toBeGreaterThan(rates["no difference"]);
});
