import { OBSERVATION_COUNT, OBSERVATIONS } from "../../domain/observations.ts";
import { csvText } from "../predictions-csv.ts";

const csv = (paths: readonly string[], cell: (place: number) => string): string =>
  [
    ["Path", ...OBSERVATIONS],
    ...paths.map((path, film) => [csvText(path), ...OBSERVATIONS.map((_, k) => cell(film * OBSERVATION_COUNT + k))]),
  ]
    .map((cells) => `${cells.join(",")}\n`)
    .join("");

/** Every digit of the calibrated probabilities, films x 14, in the form that `hilum metrics --predictions` takes. */
export const externalPredictionsCsv = (paths: readonly string[], probabilities: Float64Array): string =>
  csv(paths, (place) => String(probabilities[place]));

/** The same of labels under the policy for `--labels`: 1, 0, blank where masked. */
export const externalLabelsCsv = (paths: readonly string[], labels: Float32Array): string =>
  csv(paths, (place) => (Number.isNaN(labels[place]!) ? "" : labels[place]! > 0.5 ? "1" : "0"));
