const LEVELS = 256;

/**
 * Otsu's threshold (1979): the level that parts the values into two classes of greatest variance between them; a value
 * at least that high belongs to the upper one. Values are told apart in 256 levels between their own extremes (as
 * OpenCV does for 8-bit pictures). Null where all are the same.
 */
export function otsu(values: Float32Array): number | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > low)) return null;
  const rows = new Float64Array(LEVELS);
  const level = (value: number) => Math.min(LEVELS - 1, Math.floor(((value - low) / (high - low)) * LEVELS));
  for (const value of values) rows[level(value)]! += 1;
  const total = rows.reduce((sum, count, i) => sum + count * i, 0);
  let [below, sumBelow, best, threshold] = [0, 0, -1, 0];
  for (let t = 0; t < LEVELS - 1; t += 1) {
    below += rows[t]!;
    sumBelow += t * rows[t]!;
    const above = values.length - below;
    if (below === 0 || above === 0) continue;
    const between = below * above * (sumBelow / below - (total - sumBelow) / above) ** 2;
    if (between <= best) continue;
    best = between;
    threshold = t + 1;
  }
  return low + (threshold / LEVELS) * (high - low);
}
