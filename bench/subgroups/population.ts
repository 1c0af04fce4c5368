import { normalQuantile } from "../../lib/domain/intervals/quantiles.ts";
import { sigmoid } from "../../lib/domain/logistic.ts";
import type { Decided } from "../../lib/domain/metrics/averages.ts";
import { normal, random } from "../../lib/domain/random.ts";
import { type Subject, subgroups } from "../../lib/domain/subgroups.ts";

/** Who is tested, and by what a model is unfair. */
export interface Population {
  readonly patients: number;
  readonly observations: number;
  /** Correlation of a patient's films, in what they show and in how a model errs. */
  readonly withinPatient: number;
  /** By how much worse the distance between classes is for women, by observation; less than 0 is better. */
  readonly unfairness?: readonly number[];
}

const THRESHOLD = 0.3;
/** Distance between the classes' mean scores, in standard deviations: an AUROC of 0.856. */
const SKILL = 1.5;

/** Patients of one film to three; rarer and more frequent observations; scores that err alike within a patient. */
export function drawAudit({ patients: count, observations, withinPatient, unfairness = [] }: Population, seed: number) {
  const next = random(seed, "audit");
  const [own, common] = [Math.sqrt(1 - withinPatient), Math.sqrt(withinPatient)];
  const patients: number[] = [];
  const subjects: Subject[] = [];
  const columns = Array.from({ length: observations }, (): { scores: number[]; labels: number[] } => ({
    scores: [],
    labels: [],
  }));
  for (let patient = 0; patient < count; patient += 1) {
    const sex = next() < 0.45 ? "Female" : "Male";
    const age = next() < 0.05 ? null : Math.min(95, Math.max(0, Math.round(60 + 18 * normal(next))));
    const shared = columns.map(() => ({ label: normal(next), score: normal(next) }));
    for (let film = 1 + Math.floor(next() * 3); film > 0; film -= 1) {
      patients.push(patient);
      subjects.push({ sex, age, projection: next() < 0.7 ? "AP" : "PA", source: "one" });
      columns.forEach(({ scores, labels }, i) => {
        const prevalence = 0.06 + (0.34 * (i % 7)) / 6;
        const label = Number(common * shared[i]!.label + own * normal(next) > normalQuantile(1 - prevalence));
        const skill = SKILL - (sex === "Female" ? (unfairness[i] ?? 0) : 0);
        const error = common * shared[i]!.score + own * normal(next);
        scores.push(
          sigmoid(SKILL * (label * skill + error) - (SKILL * SKILL) / 2 + Math.log(prevalence / (1 - prevalence))),
        );
        labels.push(label);
      });
    }
  }
  return { columns: columns.map((column): Decided => ({ ...column, threshold: THRESHOLD })), patients, subjects };
}

export const audit = (population: Population, seed: number) =>
  subgroups({ ...drawAudit(population, seed), seed, least: 30 });
