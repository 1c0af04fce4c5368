import type { Numbers } from "./metrics/ranking.ts";
import type { Observation } from "./observations.ts";

/** What a study's probability is of its films': their mean, or the highest. */
export const STUDY_RULES = ["mean", "max"] as const;
export type StudyRule = (typeof STUDY_RULES)[number];

/**
 * The five observations that the CheXpert paper and its leaderboard compare models by, as the mean of their AUROC over
 * studies (Irvin et al. 2019, section 4); the maximum over a study's views is theirs.
 */
export const LEADERBOARD = [
  "Atelectasis",
  "Cardiomegaly",
  "Consolidation",
  "Edema",
  "Pleural Effusion",
] as const satisfies readonly Observation[];

interface Films {
  readonly scores: Numbers;
  /** 1, 0, NaN masked. */
  readonly labels: Numbers;
}

/**
 * One observation's films brought to their studies. All films of a study have a say in its score. Its label is the highest
 * of theirs that is not masked: a study is positive where any film is, and masked where every film is.
 * @param studies number of each film's study, from 0 without gaps
 */
export function studyScores({ scores, labels }: Films, studies: Numbers, rule: StudyRule) {
  const count = studyCount(studies);
  const films = new Uint32Array(count);
  const sums = new Float64Array(count);
  const highest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const found = new Float64Array(count).fill(Number.NaN);
  for (let film = 0; film < studies.length; film += 1) {
    const study = studies[film]!;
    const score = scores[film]!;
    const label = labels[film]!;
    films[study]! += 1;
    sums[study]! += score;
    if (score > highest[study]!) highest[study] = score;
    if (!(label <= found[study]!) && !Number.isNaN(label)) found[study] = label;
  }
  return { scores: rule === "max" ? highest : sums.map((sum, study) => sum / films[study]!), labels: found };
}

/** The number of each study's patient, from those of its films. */
export function studyPatients(studies: Numbers, patients: Numbers): Uint32Array {
  const found = new Uint32Array(studyCount(studies));
  for (let film = 0; film < studies.length; film += 1) found[studies[film]!] = patients[film]!;
  return found;
}

function studyCount(studies: Numbers): number {
  let count = 0;
  for (let film = 0; film < studies.length; film += 1) count = Math.max(count, studies[film]! + 1);
  return count;
}
