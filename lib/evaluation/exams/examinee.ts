import type { Calibration } from "../../contracts/model-version.ts";
import type { Geometry, LabelPolicy, NotLabelled } from "../../contracts/run-config.ts";
import { labelMatrix } from "../../data/film-columns.ts";
import { markNotLabelled } from "../../data/not-labelled.ts";
import type { TrainingData } from "../../data/training-data.ts";
import type { KnownFilms } from "../../domain/exam-films.ts";
import type { ObservationStatus } from "../../domain/observation-status.ts";
import { patientAnywhere, patientKey } from "../../domain/split.ts";
import type { ServingGraph } from "../../engine/saved-model.ts";

/** A model that sits an exam, with the films of the run that made it. */
export interface Examinee {
  readonly graph: ServingGraph;
  readonly calibration: readonly Calibration[];
  readonly geometry: Geometry;
  readonly policy: LabelPolicy;
  /** Of each observation; on what it did not learn it is not examined. */
  readonly statuses: readonly ObservationStatus[];
  readonly data: TrainingData;
  readonly known: KnownFilms;
}

/**
 * What a run's films are to an exam.
 * @param blanksAreSaid whether its rows tell blanks from what nobody looked for
 * @param notLabelled what is known of sources by now, besides what the run itself was told
 */
export function knownFilms(
  { rows, split }: Pick<TrainingData, "rows" | "split">,
  blanksAreSaid: boolean,
  notLabelled: NotLabelled = {},
): KnownFilms {
  return {
    hashes: rows.filmSha256,
    patients: rows.patient.map((patient, position) => patientAnywhere(patientKey(rows.source[position]!, patient))),
    sources: rows.source,
    labels: labelMatrix(markNotLabelled(rows, notLabelled)),
    blanksAreSaid,
    fitted: Uint32Array.from([...split.train, ...split.tuning, ...split.calibration]),
    test: split.test,
  };
}
