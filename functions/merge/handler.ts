import { merge } from "../../lib/data/steps/merge.ts";
import { stepFunction } from "../../lib/steps/function.ts";

export const handler = stepFunction({ step: "merge", work: merge });
