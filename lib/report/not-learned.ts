import { observationsWith, whyNotLearned } from "../domain/observation-status.ts";
import { observationIndex } from "../domain/observations.ts";
import { list } from "./format.ts";
import type { ReportMaterial } from "./material.ts";

/** "Fracture and Pleural Other (no training film had a label of it)": what was not learned, by the reason; "" where all was. */
export function notLearnedText({
  statuses,
  trainingLabels,
}: Pick<ReportMaterial, "statuses" | "trainingLabels">): string {
  const names = observationsWith(statuses, "not-learned");
  const whys = names.map((name) => whyNotLearned(trainingLabels[observationIndex(name)]!));
  return [...new Set(whys)].map((why) => `${list(names.filter((_, i) => whys[i] === why))} (${why})`).join("; ");
}
