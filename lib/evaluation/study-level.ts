import type { StudyLevel } from "../contracts/study-level.ts";
import { bootstrap, percentileInterval } from "../domain/bootstrap.ts";
import { auroc } from "../domain/metrics/auroc.ts";
import { meanDefined } from "../domain/metrics/mean.ts";
import type { Numbers } from "../domain/metrics/ranking.ts";
import type { Observation } from "../domain/observations.ts";
import { LEADERBOARD, studyPatients, studyScores } from "../domain/study-scores.ts";
import type { Resampling } from "./metrics.ts";

/** Scores and labels (1, 0, NaN masked) of one observation, a row a film. */
export interface NamedColumn {
  readonly name: Observation;
  readonly scores: Numbers;
  readonly labels: Numbers;
}

/** AUROC with what it was in each resample. */
interface Measured {
  readonly auroc: number | null;
  readonly rounds: readonly (number | null)[];
}

/**
 * AUROC of a study's mean and highest probability, and the leaderboard's mean of each and of the films'.
 * @param studies number of each film's study, from 0 without gaps
 */
export function studyLevel(columns: readonly NamedColumn[], studies: Numbers, resampling: Resampling): StudyLevel {
  const patients = studyPatients(studies, resampling.patients);
  const at = (rule: "mean" | "max") =>
    columns.map(({ name, ...films }) => ({ name, ...studyScores(films, studies, rule) }));
  const [mean, max] = [at("mean"), at("max")];
  const compared = columns.filter(({ name }) => (LEADERBOARD as readonly string[]).includes(name));
  const measured = {
    film: measure(compared, resampling),
    mean: measure(mean, { ...resampling, patients }),
    max: measure(max, { ...resampling, patients }),
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
      film: withInterval(leaderboard(measured.film)),
      mean: withInterval(leaderboard(measured.mean)),
      max: withInterval(leaderboard(measured.max)),
    },
  };
}

function measure(columns: readonly NamedColumn[], { patients, rounds, seed }: Resampling): Map<Observation, Measured> {
  const resampled = bootstrap(columns, patients, rounds, seed);
  return new Map(
    columns.map(({ name, scores, labels }, i) => [name, { auroc: auroc(scores, labels), rounds: resampled[i]!.auroc }]),
  );
}

/** The mean over all five, in each resample too; of four it would be another figure. */
function leaderboard(measured: ReadonlyMap<Observation, Measured>): Measured {
  const five = LEADERBOARD.map((name) => measured.get(name));
  const mean = (of: (one: Measured) => number | null): number | null => {
    const values = five.map((one) => (one === undefined ? null : of(one)));
    return values.includes(null) ? null : meanDefined(values);
  };
  return {
    auroc: mean((one) => one.auroc),
    rounds: (five[0]?.rounds ?? []).map((_, round) => mean(({ rounds }) => rounds[round]!)),
  };
}

const withInterval = ({ auroc, rounds }: Measured) => ({
  auroc,
  aurocInterval: auroc === null ? null : percentileInterval(rounds),
});
