import { describe, expect, it } from "vitest";
import { LABELS, tellsUnlabelled } from "../../../lib/contracts/layout.ts";
import { LabelPolicy } from "../../../lib/contracts/run-config.ts";
import type { TrainingData } from "../../../lib/data/training-data.ts";
import { BLANK } from "../../../lib/domain/label-policy.ts";
import { forEachObservation, OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import { patientAnywhere, patientKey } from "../../../lib/domain/split.ts";
import type { ServingGraph } from "../../../lib/engine/saved-model.ts";
import type { Examinee } from "../../../lib/evaluation/exams/examinee.ts";
import { composeExams, sitExam } from "../../../lib/evaluation/exams/sit-exam.ts";

const GEOMETRY = { size: 32, fit: "pad", resize: "antialias" } as const;
const SITTING = { batchSize: 8, signal: new AbortController().signal, onFilms: () => {} };

interface Film {
  readonly hash: string;
  readonly source: string;
  readonly patient: string;
  readonly part: "fitted" | "test";
  readonly labels: readonly number[];
}

/** A model that answers every film with one half; what it knows of its films is all that counts here. */
function examinee(films: readonly Film[], blanksAreSaid = true): Examinee {
  const places = (part: Film["part"]) => Uint32Array.from(films.flatMap((film, i) => (film.part === part ? [i] : [])));
  const graph = {
    run: (_: Uint8Array, count: number) => ({
      ...{ count, maps: null, features: new Float32Array(count) },
      logits: new Float32Array(count * OBSERVATION_COUNT),
      probabilities: new Float32Array(count * OBSERVATION_COUNT).fill(0.5),
    }),
  } as unknown as ServingGraph;
  const batch = async (positions: Uint32Array) => ({
    count: positions.length,
    pixels: new Uint8Array(0),
    targets: new Float32Array(positions.length * OBSERVATION_COUNT),
  });
  return {
    graph,
    calibration: forEachObservation(() => ({ kind: "identity" as const })),
    geometry: GEOMETRY,
    policy: LabelPolicy.parse({}),
    statuses: forEachObservation(() => "learned" as const),
    data: { size: 32, batch } as unknown as TrainingData,
    known: {
      hashes: films.map(({ hash }) => hash),
      patients: films.map(({ source, patient }) => patientAnywhere(patientKey(source, patient))),
      sources: films.map(({ source }) => source),
      labels: Int8Array.from(films.flatMap(({ labels }) => labels)),
      blanksAreSaid,
      fitted: places("fitted"),
      test: places("test"),
    },
  };
}

const labels = (first: number): number[] => forEachObservation((_, i) => (i === 0 ? first : BLANK));

describe("an exam", () => {
  const own: Film = { hash: "b", source: "nih/NIH", patient: "2", part: "test", labels: labels(1) };

  it("leaves out a patient whom a model was fitted on under the source's name before it was moved into a folder", () => {
    const before = examinee([
      { hash: "a", source: "NIH", patient: "2", part: "fitted", labels: labels(0) },
      { hash: "c", source: "NIH", patient: "3", part: "test", labels: labels(0) },
    ]);
    const after = examinee([own, { ...own, hash: "d", patient: "4" }]);
    const [candidates] = composeExams(after, before);
    expect(candidates.films.map(({ position }) => position)).toEqual([1]);
    expect(candidates.leftOut["of patients that one of the models was fitted on"]).toBe(1);
  });

  it("takes blanks of rows from before labels had a third state for nothing, unless the other run has the film", async () => {
    const old = (hash: string): Film => ({ hash, source: "x", patient: hash, part: "test", labels: labels(0) });
    const reference = examinee([old("e"), old("b")], false);
    const candidate = examinee([own]);
    const exam = composeExams(candidate, reference)[1];
    const { labels: asked } = await sitExam(exam, candidate, reference, SITTING);
    const rows = [0, 1].map((row) => [...asked.subarray(row * OBSERVATION_COUNT, row * OBSERVATION_COUNT + 2)]);
    expect(rows).toEqual([
      [0, Number.NaN],
      [1, 0],
    ]);
    const said = examinee([old("e"), old("b")]);
    const plain = await sitExam(composeExams(candidate, said)[1], candidate, said, SITTING);
    expect([...plain.labels.subarray(0, 2)]).toEqual([0, 0]);
  });

  it("knows such rows by their shards' names", () => {
    expect(tellsUnlabelled(`f/224-pad-antialias-v3-${LABELS}-frontal-4096/shard-00000.arrow`)).toBe(true);
    expect(tellsUnlabelled("f/224-pad-antialias-v3-frontal-4096/shard-00000.arrow")).toBe(false);
  });
});
