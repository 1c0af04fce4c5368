/** Low and high end. */
export type Interval = [low: number, high: number];

/** Halvings of the part of [0, 1] that holds an end: to 1e-15. */
const HALVINGS = 50;

/**
 * Interval for a figure in [0, 1] by inverting a score test: every value from which the estimate lies no further than
 * `quantile` standard errors, the standard error being that at the value, not at the estimate (Wilson 1927). It never
 * leaves [0, 1], and has a width even where the estimate is 0 or 1.
 * @param variance of the estimate where a value is the true one; 0 at 0 and 1
 */
export function scoreInterval(estimate: number, variance: (value: number) => number, quantile: number): Interval {
  const isIn = (value: number): boolean => Math.abs(estimate - value) <= quantile * Math.sqrt(variance(value));
  const end = (outermost: 0 | 1): number => {
    let [out, within] = [outermost as number, estimate];
    for (let halving = 0; halving < HALVINGS; halving += 1) {
      const middle = (out + within) / 2;
      if (isIn(middle)) within = middle;
      else out = middle;
    }
    return within;
  };
  return [estimate === 0 ? 0 : end(0), estimate === 1 ? 1 : end(1)];
}
