/** Ratio of two polynomials, coefficients by rising power. */
const ratio = (x: number, above: readonly number[], below: readonly number[]): number =>
  polynomial(x, above) / polynomial(x, below);
const polynomial = (x: number, coefficients: readonly number[]): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

/** Coefficients of PPND7 (Wichura 1988, algorithm AS 241). */
const CENTRE = {
  above: [3.3871327179, 50.434271938, 159.29113202, 59.10937472],
  below: [1, 17.895169469, 78.757757664, 67.1875636],
} as const;
const TAIL = {
  above: [1.4234372777, 2.75681539, 1.3067284816, 0.17023821103],
  below: [1, 0.7370016425, 0.12021132975],
} as const;
const FAR_TAIL = {
  above: [6.657905115, 3.081226386, 0.42868294337, 0.017337203997],
  below: [1, 0.24197894225, 0.012258202635],
} as const;

/** Quantile of the standard normal distribution, right to 1e-7 of itself; `share` in (0, 1). */
export function normalQuantile(share: number): number {
  const centred = share - 0.5;
  if (Math.abs(centred) <= 0.425) return centred * ratio(0.180625 - centred * centred, CENTRE.above, CENTRE.below);
  const depth = Math.sqrt(-Math.log(centred < 0 ? share : 1 - share));
  const size =
    depth <= 5 ? ratio(depth - 1.6, TAIL.above, TAIL.below) : ratio(depth - 5, FAR_TAIL.above, FAR_TAIL.below);
  return centred < 0 ? -size : size;
}

/**
 * Quantile of Student's t by its expansion around the normal one (Abramowitz and Stegun 26.7.5): right to 1 % from 3
 * degrees of freedom, to 0.01 % from 10, for shares between 0.025 and 0.975.
 */
export function studentQuantile(share: number, degrees: number): number {
  const x = normalQuantile(share);
  return (
    x +
    (x ** 3 + x) / (4 * degrees) +
    (5 * x ** 5 + 16 * x ** 3 + 3 * x) / (96 * degrees ** 2) +
    (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / (384 * degrees ** 3) +
    (79 * x ** 9 + 776 * x ** 7 + 1482 * x ** 5 - 1920 * x ** 3 - 945 * x) / (92160 * degrees ** 4)
  );
}
