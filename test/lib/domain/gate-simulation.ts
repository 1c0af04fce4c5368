import type { HeldOutRows } from "../../../lib/domain/held-out-rows.ts";
import { auroc } from "../../../lib/domain/metrics/auroc.ts";
import { type Contender, type GateRules, judge } from "../../../lib/domain/promotion.ts";
import { normal, type Random, random } from "../../../lib/domain/random.ts";

export const MARGIN = 0.02;
export const CONFIDENCE = 0.95;
const FILMS = 400;
const PREVALENCE = 0.4;
/** Standardised distance of the classes at which the champion's true AUROC is 0.85: AUROC = Phi(d / sqrt 2). */
const CHAMPION = 0.85;

const RULES: GateRules = {
  margin: MARGIN,
  confidence: CONFIDENCE,
  minMeanAuroc: 0,
  minAuroc: {},
  maxCalibrationError: 1,
  maxSubgroupGap: 1,
  bootstrap: 400,
};

/** Inverse of the normal distribution by halving, to 1e-12. */
function quantileOfNormal(share: number): number {
  let [low, high] = [-10, 10];
  while (high - low > 1e-12) {
    const middle = (low + high) / 2;
    if (distribution(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The normal distribution by Simpson's rule from 0. */
function distribution(x: number): number {
  const steps = 400;
  let sum = 0;
  for (let i = 0; i <= steps; i += 1) {
    const weight = i === 0 || i === steps ? 1 : i % 2 ? 4 : 2;
    sum += weight * Math.exp(-(((x * i) / steps) ** 2 / 2));
  }
  return 0.5 + (sum * (x / steps)) / 3 / Math.sqrt(2 * Math.PI);
}

function contender(version: string, labels: Float64Array, trueAuroc: number, next: Random): Contender {
  const distance = Math.SQRT2 * quantileOfNormal(trueAuroc);
  const scores = labels.map((label) => label * distance + normal(next));
  const heldOut: HeldOutRows = {
    films: Array.from(labels, (_, film) => `film-${film}`),
    patients: Array.from(labels, (_, film) => `patient-${film}`),
    columns: [{ labels, scores }],
  };
  const found = auroc(scores, labels);
  return { version, heldOut, meanAuroc: found, auroc: {}, calibrationError: null, subgroupGap: null, testSet: null };
}

/**
 * Share of simulations in which the gate promotes a candidate whose true AUROC is better than the champion's by
 * `difference`; both score films by independent binormal draws, as if they had nothing but the labels in common.
 */
export function promotionRate(difference: number, simulations: number): number {
  let promoted = 0;
  for (let simulation = 0; simulation < simulations; simulation += 1) {
    const next = random(simulation, "gate", difference);
    const labels = Float64Array.from({ length: FILMS }, () => Number(next() < PREVALENCE));
    const champion = contender("champion", labels, CHAMPION, next);
    const candidate = contender("candidate", labels, CHAMPION + difference, next);
    if (judge(candidate, champion, RULES, simulation).decision === "promote") promoted += 1;
  }
  return promoted / simulations;
}

/** Three standard errors of a share at its expected value. */
export const binomialError = (share: number, simulations: number): number =>
  3 * Math.sqrt((share * (1 - share)) / simulations);
