/**
 * Inferno (van der Walt and Smith 2015), perceptually even from black to pale yellow, as a polynomial of degree six
 * for each channel, lowest power first; it stays within 3/255 of the table.
 */
const INFERNO = [
  [0.00021894, 0.10651342, 11.60249308, -41.70399613, 77.1629357, -71.31942824, 25.13112622],
  [0.001651, 0.56395644, -3.97285397, 17.43639888, -33.40235894, 32.62606426, -12.24266895],
  [-0.0194809, 3.93271239, -15.94239411, 44.3541452, -81.80730926, 73.20951986, -23.070325],
];

/**
 * @param {number} heat 0 to 1
 * @returns {number[]} red, green and blue, 0 to 255
 */
export function inferno(heat) {
  return INFERNO.map((coefficients) => {
    const value = coefficients.reduceRight((sum, coefficient) => sum * heat + coefficient, 0);
    return Math.round(255 * Math.min(1, Math.max(0, value)));
  });
}

/** Relative heat below which the film shows through more and more. */
const OPAQUE_FROM = 0.5;

/** @param {number} heat 0 to 1 @returns {number} share of the chosen opacity */
export const cover = (heat) => Math.min(1, Math.max(0, heat / OPAQUE_FROM));
