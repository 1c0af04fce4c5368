/** Inferno, from black to pale yellow by even steps of lightness; the service colours by the same knots. */
const INFERNO = [
  [0, 0, 4],
  [10, 7, 34],
  [30, 12, 69],
  [56, 9, 98],
  [81, 14, 108],
  [105, 22, 110],
  [128, 31, 108],
  [152, 39, 102],
  [176, 49, 91],
  [198, 61, 77],
  [217, 77, 61],
  [233, 97, 43],
  [244, 121, 24],
  [250, 148, 7],
  [252, 176, 20],
  [248, 205, 55],
  [242, 234, 105],
  [252, 255, 164],
];

/**
 * @param {number} heat 0 to 1
 * @returns {number[]} red, green and blue, 0 to 255
 */
export function inferno(heat) {
  const place = heat * (INFERNO.length - 1);
  const left = Math.min(INFERNO.length - 2, Math.floor(place));
  const [from = [], to = []] = INFERNO.slice(left, left + 2);
  return from.map((value, channel) => Math.round(value + ((to[channel] ?? 0) - value) * (place - left)));
}
