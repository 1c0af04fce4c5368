import { plan, planAnswer } from "../../lib/data/steps/plan.ts";
import { stepFunction } from "../../lib/steps/function.ts";

export const handler = stepFunction({ step: "plan", work: plan, answer: planAnswer });
