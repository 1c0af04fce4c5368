import { NOT_LABELLED } from "../../domain/label-policy.ts";
import { OBSERVATIONS } from "../../domain/observations.ts";
import { UNKNOWN_AGE } from "../column-codecs.ts";
import type { Aliases } from "../column-names.ts";
import { type CsvRow, fault, shownCell } from "../csv.ts";
import { OBSERVATION_ALIASES, parseLabels } from "./cells.ts";
import { type FilmRow, type SourceFormat, type StudyLabels, studyKey } from "./source-format.ts";

const COLUMNS = ["dicom_id", "subject_id", "study_id", "ViewPosition"] as const;
const ALIASES: Aliases = { ViewPosition: ["View Position"] };
const LABEL_COLUMNS = ["subject_id", "study_id", ...OBSERVATIONS] as const;

/** View positions of its metadata (DICOM tag 0018,5101); any other is neither frontal nor lateral. */
const VIEWS = new Map([
  ["PA", "frontal"],
  ["AP", "frontal"],
  ["LATERAL", "lateral"],
  ["LL", "lateral"],
  ["RL", "lateral"],
]);

/** Of a film without a row of labels. */
const UNLABELLED = OBSERVATIONS.map(() => NOT_LABELLED);

function parse(file: string, { line, cells }: CsvRow, labels: StudyLabels): FilmRow {
  const [film, patient, study, position] = cells as readonly string[] & { length: 4 };
  requireId(file, line, "dicom_id", film!, /^[0-9a-f]+(-[0-9a-f]+)*$/);
  requireId(file, line, "subject_id", patient!, /^\d+$/);
  requireId(file, line, "study_id", study!, /^\d+$/);
  return {
    line,
    path: `files/p${patient!.slice(0, 2)}/p${patient}/s${study}/${film}.jpg`,
    source: "MIMIC-CXR-JPG",
    patient: patient!,
    study: study!,
    sex: "Unknown",
    age: UNKNOWN_AGE,
    view: VIEWS.get(position!.trim().toUpperCase()) ?? "other",
    projection: position!,
    labels: labels.get(studyKey(patient!, study!)) ?? UNLABELLED,
  };
}

function requireId(file: string, line: number, column: string, text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw fault(file, line, `${column} is ${shownCell(text)}, expected an id of MIMIC-CXR`);
}

/** MIMIC-CXR-JPG: mimic-cxr-2.0.0-metadata.csv.gz has the films, mimic-cxr-2.0.0-chexpert.csv.gz the labels of their studies. */
export const mimicCxr: SourceFormat = {
  name: "MIMIC-CXR-JPG",
  columns: COLUMNS,
  aliases: ALIASES,
  signature: ["dicom_id", "ViewPosition"],
  labels: {
    columns: LABEL_COLUMNS,
    aliases: OBSERVATION_ALIASES,
    signature: ["subject_id", "study_id", "Cardiomegaly"],
    // Beside it lies a file of another labeller, NegBio, with the same columns.
    named: "chexpert",
    parse: (file, { line, cells }) => [studyKey(cells[0]!, cells[1]!), parseLabels(file, line, cells, 2)],
  },
  parse,
  known: [
    {
      folder: /^/,
      source: {
        name: "MIMIC-CXR-JPG",
        kind: "public",
        source: "https://physionet.org/content/mimic-cxr-jpg/ (Johnson et al. 2019)",
        licence: "PhysioNet Credentialed Health Data License",
        labeller: "CheXpert labeller, or NegBio where that file is given (rule-based, from reports)",
        referenceStandard: "radiologists' reports, read by a program",
        dates: "2011 to 2016",
      },
    },
  ],
  archiveOf: (path) => path.split("/", 2).join("/"),
};
