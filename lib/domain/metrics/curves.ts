import type { Ranking } from "./ranking.ts";

export type Point = [x: number, y: number];

/** Points kept of a curve: enough for a plot as wide as a page. */
const MOST_POINTS = 256;

/** ROC curve from (0, 0) to (1, 1): false positive rate and recall; empty where one class is missing. */
export function rocCurve(ranking: Ranking, mostPoints = MOST_POINTS): Point[] {
  const { truePositives, falsePositives, positives, negatives } = ranking;
  if (positives === 0 || negatives === 0) return [];
  const points: Point[] = [[0, 0]];
  for (let k = 0; k < truePositives.length; k += 1) {
    points.push([falsePositives[k]! / negatives, truePositives[k]! / positives]);
  }
  return thin(withoutMiddles(points), mostPoints);
}

/** Precision-recall curve from recall 0 on: recall and precision; empty where there is no positive. */
export function precisionRecallCurve(ranking: Ranking, mostPoints = MOST_POINTS): Point[] {
  const { truePositives, falsePositives, positives } = ranking;
  if (positives === 0) return [];
  const points: Point[] = [[0, 1]];
  for (let k = 0; k < truePositives.length; k += 1) {
    const found = truePositives[k]!;
    points.push([found / positives, found / (found + falsePositives[k]!)]);
  }
  return thin(points, mostPoints);
}

/** Leaves out points on a straight line between their neighbours; the curve stays exactly the same. */
function withoutMiddles(points: readonly Point[]): Point[] {
  return points.filter((point, i) => {
    const before = points[i - 1];
    const after = points[i + 1];
    if (!before || !after) return true;
    const turn = (point[0] - before[0]) * (after[1] - point[1]) - (point[1] - before[1]) * (after[0] - point[0]);
    return Math.abs(turn) > 1e-15;
  });
}

/** At most `most` points, evenly chosen, both ends among them. */
function thin(points: Point[], most: number): Point[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, i) => points[Math.round((i * (points.length - 1)) / (most - 1))]!);
}
