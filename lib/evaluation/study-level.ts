import type { StudyAuroc, StudyLevel } from "../contracts/study-level.ts";
import { type AurocSpread, aurocSpread, intervalOfSpread, partOfMean } from "../domain/intervals/auroc-interval.ts";
import { meanInterval } from "../domain/intervals/mean-interval.ts";
import { meanDefined } from "../domain/metrics/mean.ts";
import type { Numbers } from "../domain/metrics/ranking.ts";
import type { Observation } from "../domain/observations.ts";
import { LEADERBOARD, studyPatients, studyScores } from "../domain/study-scores.ts";

/** Scores and labels (1, 0, NaN masked) of one observation, a row a film. */
export interface NamedColumn {
  readonly name: Observation;
  readonly scores: Numbers;
  readonly labels: Numbers;
}

/**
 * AUROC of a study's mean and highest probability, and the leaderboard's mean of each and of the films'.
 * @param studies number of each film's study, from 0 without gaps
 * @param filmPatients number of each film's patient, from 0
 */
export function studyLevel(columns: readonly NamedColumn[], studies: Numbers, filmPatients: Numbers): StudyLevel {
  const patients = studyPatients(studies, filmPatients);
  const at = (rule: "mean" | "max") =>
    columns.map(({ name, ...films }) => ({ name, ...studyScores(films, studies, rule) }));
  const [mean, max] = [at("mean"), at("max")];
  const compared = columns.filter(({ name }) => (LEADERBOARD as readonly string[]).includes(name));
  const measured = {
    film: measure(compared, filmPatients),
    mean: measure(mean, patients),
    max: measure(max, patients),
  };
  return {
    studies: patients.length,
    films: studies.length,
    perObservation: Object.fromEntries(
      mean.map(({ name, labels }) => [
        name,
        {
          studies: labels.filter((label) => !Number.isNaN(label)).length,
          positives: labels.filter((label) => label > 0.5).length,
          mean: withInterval(measured.mean.get(name)!),
          max: withInterval(measured.max.get(name)!),
        },
      ]),
    ),
    leaderboard: {
      film: leaderboard(measured.film),
      mean: leaderboard(measured.mean),
      max: leaderboard(measured.max),
    },
  };
}

type Measured = ReadonlyMap<Observation, AurocSpread | null>;

const measure = (columns: readonly NamedColumn[], patients: Numbers): Measured =>
  new Map(columns.map(({ name, scores, labels }) => [name, aurocSpread(scores, labels, patients)]));

/** The mean over all five; of four it would be another figure. */
function leaderboard(measured: Measured): StudyAuroc {
  const five = LEADERBOARD.flatMap((name) => measured.get(name) ?? []);
  if (five.length < LEADERBOARD.length) return { auroc: null, aurocInterval: null };
  return {
    auroc: meanDefined(five.map(({ auroc }) => auroc)),
    aurocInterval: meanInterval(five.map(partOfMean)),
  };
}

const withInterval = (spread: AurocSpread | null): StudyAuroc => ({
  auroc: spread?.auroc ?? null,
  aurocInterval: spread && intervalOfSpread(spread),
});
