import { BLANK, NOT_LABELLED } from "../../domain/label-policy.ts";
import { OBSERVATION_COUNT, OBSERVATIONS } from "../../domain/observations.ts";
import { PATH_COLUMN, PATIENT_COLUMN } from "../csv-tables.ts";
import { csvText } from "../predictions-csv.ts";

/** Films of the tables, in their order. */
export interface NamedFilms {
  readonly paths: readonly string[];
  /** As patientKey in lib/domain/split.ts spells them. */
  readonly patients: readonly string[];
}

/** A patient's key on one line: another source's patient of the same name is another. */
const patientText = (key: string): string => key.replace("\n", "/");

const csv = ({ paths, patients }: NamedFilms, cell: (place: number) => string): string =>
  [
    [PATH_COLUMN, PATIENT_COLUMN, ...OBSERVATIONS],
    ...paths.map((path, film) => [
      csvText(path),
      csvText(patientText(patients[film]!)),
      ...OBSERVATIONS.map((_, k) => cell(film * OBSERVATION_COUNT + k)),
    ]),
  ]
    .map((cells) => `${cells.join(",")}\n`)
    .join("");

/** Every digit of the calibrated probabilities, films x 14, NaN where there is none, as `hilum metrics --predictions` reads them. */
export const externalPredictionsCsv = (films: NamedFilms, probabilities: Float64Array): string =>
  csv(films, (place) => (Number.isNaN(probabilities[place]) ? "" : String(probabilities[place])));

/** How a label is written that the policy leaves out. */
const LEFT_OUT: ReadonlyMap<number, string> = new Map([
  [BLANK, ""],
  [NOT_LABELLED, "NA"],
]);

/**
 * Labels for `hilum metrics --labels`: 1 or 0 under the policy; what it leaves out as the data set has it, which `metrics`
 * leaves out too unless it is told otherwise.
 */
export const externalLabelsCsv = (
  films: NamedFilms,
  { raw, targets }: { readonly raw: Int8Array; readonly targets: Float32Array },
): string =>
  csv(films, (place) => {
    const target = targets[place]!;
    if (!Number.isNaN(target)) return target > 0.5 ? "1" : "0";
    return LEFT_OUT.get(raw[place]!) ?? String(raw[place]);
  });
