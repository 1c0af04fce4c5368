import { createHash } from "node:crypto";
import type { TrainingData } from "../data/training-data.ts";

/**
 * A name of the prepared films at these positions, in their order: by the hash of each film's file and the one way in which
 * all came to their square, so that it does not change with the data set, the split or the labels around them.
 */
export function filmIdentity({ rows, plan }: Pick<TrainingData, "rows" | "plan">, positions: Uint32Array): string {
  const hash = createHash("sha256").update(JSON.stringify(plan.geometry));
  for (const position of positions) hash.update(rows.filmSha256[position]!);
  return hash.digest("hex");
}
