import { geometryName } from "../../contracts/layout.ts";
import { type ExamFilm, examFilms, examLabels, type LeftOut } from "../../domain/exam-films.ts";
import { BLANK, NOT_LABELLED } from "../../domain/label-policy.ts";
import { OBSERVATION_COUNT } from "../../domain/observations.ts";
import { calibratedProbabilities } from "../decision-rules.ts";
import { type Predicting, predict } from "../predict.ts";
import { numberNames } from "../prediction-table.ts";
import type { ExamAnswers } from "./exam-table.ts";
import type { Examinee } from "./examinee.ts";

/** How films are answered, whoever answers. */
export type Sitting = Pick<Predicting, "batchSize" | "signal" | "onFilms">;

export interface ComposedExam {
  readonly of: "candidate" | "reference";
  readonly films: readonly ExamFilm[];
  readonly leftOut: LeftOut;
}

/** The films of the two exams, that of the candidate's test films first; of the same films one exam, the reference's. */
export function composeExams(candidate: Examinee, reference: Examinee): readonly [ComposedExam, ComposedExam] {
  const sharesPixels = geometryName(candidate.geometry) === geometryName(reference.geometry);
  const own = examFilms(candidate.known, reference.known, sharesPixels);
  const theirs = examFilms(reference.known, candidate.known, sharesPixels);
  const hashes = new Set(theirs.films.map(({ position }) => reference.known.hashes[position]!));
  const isSame =
    own.films.length === theirs.films.length &&
    own.films.every(({ position }) => hashes.has(candidate.known.hashes[position]!));
  return [
    { of: "candidate", ...own, films: isSame ? [] : own.films },
    { of: "reference", ...theirs },
  ];
}

/** Lets both models answer an exam's films, each from pixels that were prepared as it was trained. */
export async function sitExam(
  { of, films }: ComposedExam,
  candidate: Examinee,
  reference: Examinee,
  sitting: Sitting,
): Promise<ExamAnswers> {
  const [owner, other] = of === "candidate" ? [candidate, reference] : [reference, candidate];
  const sharesPixels = geometryName(owner.geometry) === geometryName(other.geometry);
  const own = Uint32Array.from(films, ({ position }) => position);
  const elsewhere = Uint32Array.from(films, ({ elsewhere }) => elsewhere ?? 0);
  const answers = new Map([
    [owner, await answer(owner, owner, own, sitting)],
    [other, await (sharesPixels ? answer(other, owner, own, sitting) : answer(other, other, elsewhere, sitting))],
  ]);
  return {
    patients: numberNames(Array.from(own, (position) => owner.known.patients[position]!)),
    labels: learnedByBoth(examLabels(rawLabels(films, owner, candidate), [candidate.policy, reference.policy]), [
      candidate,
      reference,
    ]),
    scores: { candidate: answers.get(candidate)!, reference: answers.get(reference)! },
  };
}

/** Labels, films x 14, without those of observations that one of the models did not learn. */
const learnedByBoth = (labels: Float64Array, examinees: readonly Examinee[]): Float64Array =>
  labels.map((label, i) =>
    examinees.some(({ statuses }) => statuses[i % OBSERVATION_COUNT] === "not-learned") ? Number.NaN : label,
  );

/** Calibrated probabilities of a model for films of whoever has their pixels, films x 14. */
async function answer(
  { graph, calibration }: Examinee,
  { data }: Examinee,
  positions: Uint32Array,
  sitting: Sitting,
): Promise<Float64Array> {
  const raw = await predict(positions, { ...sitting, graph, films: data });
  return calibratedProbabilities(raw, calibration);
}

/** Raw labels, films x 14. Where both runs have a film the candidate's count: its data is newer, and labels are corrected. */
function rawLabels(films: readonly ExamFilm[], owner: Examinee, candidate: Examinee): Int8Array {
  const labels = new Int8Array(films.length * OBSERVATION_COUNT);
  films.forEach(({ position, elsewhere }, film) => {
    const [{ known }, row] =
      owner === candidate || elsewhere === undefined ? [owner, position] : [candidate, elsewhere];
    const own = known.labels.subarray(row * OBSERVATION_COUNT, (row + 1) * OBSERVATION_COUNT);
    const said = known.blanksAreSaid ? own : own.map((label) => (label === BLANK ? NOT_LABELLED : label));
    labels.set(said, film * OBSERVATION_COUNT);
  });
  return labels;
}
