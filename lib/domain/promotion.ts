import { calibrationLimit } from "./promotion/calibration-limit.ts";
import { type Check, plain, type Verdict } from "./promotion/check.ts";
import type { Candidate, Reference } from "./promotion/contenders.ts";
import { firstModel } from "./promotion/eligibility.ts";
import { floors, subgroupLimit } from "./promotion/limits.ts";
import { meanAurocDifference } from "./promotion/mean-auroc.ts";
import { against } from "./promotion/reference.ts";
import type { GateRules } from "./promotion/rules.ts";

export type { Check, Verdict } from "./promotion/check.ts";
export type { Candidate, Exam, OwnTest, Reference, Role } from "./promotion/contenders.ts";
export type { GateRules } from "./promotion/rules.ts";

/**
 * Whether a candidate may replace the champion: floors and calibration on its own test films, and every comparison with
 * every reference, on films that neither has seen. A model without references stands on its own test films alone. What
 * can't be compared keeps the champion. docs/promotion.md has the method, its sources and its error rates.
 */
export function judge(candidate: Candidate, references: readonly Reference[], rules: GateRules, seed: number): Verdict {
  const [peers, drawn] = peersOf(candidate, references);
  const checks: Check[] = [
    ...floors(candidate, rules),
    calibrationLimit(candidate, rules, seed),
    ...drawn,
    ...(peers.length === 0 ? firstModel(candidate, drawn.length > 0) : [subgroupLimit(candidate, rules)]),
    ...peers.flatMap((reference) => against(candidate, reference, rules, seed)),
  ];
  return { decision: checks.every(({ passed }) => passed) ? "promote" : "keep", checks, isBest: isBest(peers) };
}

/** Whether no figure of the anchor's exams is above the candidate's. One that is worse within the margin never is. */
const isBest = (peers: readonly Reference[]): boolean =>
  peers
    .filter(({ roles }) => roles.includes("anchor"))
    .every(({ exams }) => typeof exams !== "string" && exams.every((exam) => (meanAurocDifference(exam) ?? -1) >= 0));

/** A model of phantoms is no measure of one of patients' films; the others are. */
function peersOf(candidate: Candidate, references: readonly Reference[]): [Reference[], Check[]] {
  const isDrawn = ({ kind }: Reference): boolean => kind === "phantom" && candidate.kind === "films";
  return [
    references.filter((reference) => !isDrawn(reference)),
    references
      .filter(isDrawn)
      .map(({ version, roles }) =>
        plain(`${roles[0]}/kind`, true, `${version} learned from phantoms: no measure of a model of patients' films`),
      ),
  ];
}
