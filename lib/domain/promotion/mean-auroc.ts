import { bootstrapMeanAuroc, quantile } from "../bootstrap.ts";
import { auroc } from "../metrics/auroc.ts";
import { meanDefined } from "../metrics/mean.ts";
import { type Check, lowerBound, plain, signed } from "./check.ts";
import type { Exam } from "./contenders.ts";
import type { GateRules } from "./rules.ts";

/** Share of resampled rounds in which the difference must be defined for its bound to be trusted. */
const LEAST_DEFINED = 0.9;

/**
 * Non-inferiority of the mean AUROC: the lower bound of the paired difference under resampling of patients must lie above
 * -margin.
 * @param on the exam in words
 */
export function meanAurocHeld(exam: Exam, rules: GateRules, seed: number, named: { rule: string; on: string }): Check {
  const { rule, on } = named;
  const columnsOf = (scores: readonly Float64Array[]) =>
    exam.labels.map((labels, i) => ({ labels, scores: scores[i]! }));
  const models = [columnsOf(exam.candidate), columnsOf(exam.reference)];
  const [ours, theirs] = bootstrapMeanAuroc(models, exam.patients, rules.bootstrap, seed);
  const differences = ours!.flatMap((mean, round) => {
    const other = theirs![round] ?? null;
    return mean === null || other === null ? [] : [mean - other];
  });
  if (differences.length < LEAST_DEFINED * rules.bootstrap) {
    return plain(rule, false, `${on}: too few patients of both classes to resample`);
  }
  const value = quantile(Float64Array.from(differences).sort(), 1 - rules.confidence);
  const limit = -rules.margin;
  const bound = lowerBound(rules.confidence, value, 4);
  const detail = `${on}: difference in mean AUROC ${signed(meanAurocDifference(exam)!, 4)}, ${bound} over ${rules.bootstrap} resamplings of patients, expected above ${signed(limit, 4)}`;
  return { rule, passed: value > limit, value, limit, detail };
}

/** By how much the candidate's mean AUROC is above the reference's on the films of an exam; null where it is not defined. */
export function meanAurocDifference({ labels, candidate, reference }: Exam): number | null {
  const [ours, theirs] = [candidate, reference].map((scores) =>
    meanDefined(labels.map((column, i) => auroc(scores[i]!, column))),
  );
  return ours == null || theirs == null ? null : ours - theirs;
}
