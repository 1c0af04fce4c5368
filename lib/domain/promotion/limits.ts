import type { Observation } from "../observations.ts";
import { type Check, signed } from "./check.ts";
import type { Candidate } from "./contenders.ts";
import type { GateRules } from "./rules.ts";

/** AUROC on the candidate's own test films, the mean and each observation that has a floor. */
export const floors = (candidate: Candidate, rules: GateRules): Check[] => [
  atLeast("mean-auroc", "mean AUROC", candidate.meanAuroc, rules.minMeanAuroc),
  ...Object.entries(rules.minAuroc).map(([name, floor]) =>
    atLeast(`auroc/${name}`, `AUROC of ${name}`, candidate.auroc[name as Observation] ?? null, floor),
  ),
];

function atLeast(rule: string, figure: string, value: number | null, limit: number): Check {
  const detail =
    value === null
      ? `${figure} on the test patients is not defined: one class is missing`
      : `${figure} on the test patients ${value.toFixed(3)}, expected at least ${limit.toFixed(3)}`;
  return { rule, passed: value !== null && value >= limit, value, limit, detail };
}

/** A gap counts where chance does not explain it: by its lower bound. Groups too small to compare are no fault. */
export function subgroupLimit({ subgroupGap }: Candidate, { maxSubgroupGap: limit }: GateRules): Check {
  const rule = "subgroup-gap";
  if (subgroupGap === null) {
    const detail = "no two subgroups of the test patients have films enough of both classes to be compared";
    return { rule, passed: true, value: null, limit, detail };
  }
  const { gap, lower } = subgroupGap;
  const detail = `largest gap in AUROC between subgroups of the test patients ${gap.toFixed(3)}, lower bound of its corrected interval ${signed(lower)}, expected at most ${limit.toFixed(3)}`;
  return { rule, passed: lower <= limit, value: lower, limit, detail };
}
