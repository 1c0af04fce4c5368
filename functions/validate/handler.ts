import { validate } from "../../lib/data/steps/validate.ts";
import { stepFunction } from "../../lib/steps/function.ts";

export const handler = stepFunction({ step: "validate", work: validate });
