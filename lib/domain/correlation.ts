import { forEachObservation, OBSERVATION_COUNT } from "./observations.ts";

/**
 * Pearson's correlation of the positives of each two observations (the phi coefficient), over the rows where both
 * targets count; null where one of the two never varies there.
 * @param targets rows x 14, NaN where a label does not count
 */
export function correlationOf(targets: Float32Array): (number | null)[][] {
  const pairs = OBSERVATION_COUNT ** 2;
  const rows = new Float64Array(pairs);
  const first = new Float64Array(pairs);
  const both = new Float64Array(pairs);
  for (let start = 0; start < targets.length; start += OBSERVATION_COUNT) {
    for (let a = 0; a < OBSERVATION_COUNT; a += 1) {
      const x = targets[start + a]!;
      if (Number.isNaN(x)) continue;
      for (let b = 0; b < OBSERVATION_COUNT; b += 1) {
        const y = targets[start + b]!;
        if (Number.isNaN(y)) continue;
        const pair = a * OBSERVATION_COUNT + b;
        rows[pair]! += 1;
        if (x <= 0.5) continue;
        first[pair]! += 1;
        if (y > 0.5) both[pair]! += 1;
      }
    }
  }
  return forEachObservation((_, a) =>
    forEachObservation((__, b) => {
      const pair = a * OBSERVATION_COUNT + b;
      const n = rows[pair]!;
      const x = first[pair]!;
      const y = first[b * OBSERVATION_COUNT + a]!;
      const spread = Math.sqrt(x * (n - x)) * Math.sqrt(y * (n - y));
      return spread > 0 ? (n * both[pair]! - x * y) / spread : null;
    }),
  );
}
