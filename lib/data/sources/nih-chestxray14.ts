import { NOT_LABELLED } from "../../domain/label-policy.ts";
import { forEachObservation, type Observation } from "../../domain/observations.ts";
import { UNKNOWN_AGE } from "../column-codecs.ts";
import type { Aliases } from "../column-names.ts";
import { type CsvRow, fault, shownCell } from "../csv.ts";
import { pathFault } from "../film-path.ts";
import { choose, isBlank, SEXES } from "./cells.ts";
import type { FilmRow, SourceFormat } from "./source-format.ts";

const COLUMNS = [
  ...["Image Index", "Finding Labels", "Follow-up #", "Patient ID", "Patient Age", "Patient Gender", "View Position"],
] as const;
/** The release of 2020 says sex. */
const ALIASES: Aliases = {
  "Patient Gender": ["Patient Sex", "Sex", "Gender"],
  "Patient Age": ["Age"],
  "Follow-up #": ["Follow-up"],
};

/**
 * Its findings (Wang et al. 2017) in CheXpert's terms. A finding that is not listed was not found: 0. Five of CheXpert's
 * observations its labeller never looked for: not labelled. Pleural thickening is one kind of Pleural Other only, so that
 * its absence says nothing, and positives without negatives would teach which films are NIH's. Infiltration, emphysema,
 * fibrosis and hernia have no counterpart.
 */
const FINDINGS = new Map<string, Observation | null>([
  ["No Finding", "No Finding"],
  ["Atelectasis", "Atelectasis"],
  ["Cardiomegaly", "Cardiomegaly"],
  ["Consolidation", "Consolidation"],
  ["Edema", "Edema"],
  ["Effusion", "Pleural Effusion"],
  ["Mass", "Lung Lesion"],
  ["Nodule", "Lung Lesion"],
  ["Pleural_Thickening", null],
  ["Pleural Thickening", null],
  ["Pneumonia", "Pneumonia"],
  ["Pneumothorax", "Pneumothorax"],
  ["Infiltration", null],
  ["Emphysema", null],
  ["Fibrosis", null],
  ["Hernia", null],
]);

/** A finding as the list of boxes calls it, which says Infiltrate; null where it has no counterpart. @throws InputError `csv` */
export const nihObservation = (file: string, line: number, finding: string): Observation | null =>
  choose(FINDINGS, file, line, "Finding Label", finding === "Infiltrate" ? "Infiltration" : finding);

const ABSENT = forEachObservation((name) => ([...FINDINGS.values()].includes(name) ? 0 : NOT_LABELLED));

const PROJECTIONS = new Map([
  ["PA", "PA"],
  ["AP", "AP"],
]);
/** Some rows say 411 years and more: nobody's age. */
const OLDEST = 150;

function parse(file: string, { line, cells }: CsvRow): FilmRow {
  const [path, findings, study, patient, age, sex, projection] = cells as readonly string[] & { length: 7 };
  const badPath = pathFault(path!);
  if (badPath !== undefined) throw fault(file, line, `Image Index ${badPath}, expected one such as 00000001_000.png`);
  if (!/^\d+$/.test(patient!)) throw fault(file, line, `Patient ID is ${shownCell(patient!)}, expected a number`);
  const present = findings!.split("|").map((name) => choose(FINDINGS, file, line, "a finding", name));
  return {
    line,
    path: path!,
    source: "NIH-ChestX-ray14",
    patient: patient!,
    study: study!,
    sex: choose(SEXES, file, line, "Patient Gender", sex!),
    age: parseAge(file, line, age!),
    view: "frontal",
    projection: choose(PROJECTIONS, file, line, "View Position", projection!),
    labels: forEachObservation((name, k) => (present.includes(name) ? 1 : ABSENT[k]!)),
  };
}

/** `058Y`, `011M` and `002D` in the first edition, `58` in later ones, `58.0` where a program wrote them anew. */
function parseAge(file: string, line: number, text: string): number {
  if (isBlank(text)) return UNKNOWN_AGE;
  const [, digits, unit] = /^(\d+)(?:\.0*)?([YMD]?)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) throw fault(file, line, `Patient Age is ${shownCell(text)}, expected whole years`);
  const years = unit !== undefined && /^[MD]$/i.test(unit) ? 0 : Number(digits);
  return years > OLDEST ? UNKNOWN_AGE : years;
}

/** The first film of each of the twelve archives that NIH publishes, `images_001` to `images_012`; names ascend. */
const FIRST_FILMS = [
  ...["00000001_000", "00001336_000", "00003923_014", "00006585_007", "00009232_004", "00011558_008"],
  ...["00013774_026", "00016051_010", "00018387_035", "00020945_050", "00024718_000", "00028173_003"],
];

/** NIH ChestX-ray14: Data_Entry_2017.csv. */
export const nihChestXray14: SourceFormat = {
  name: "NIH ChestX-ray14",
  columns: COLUMNS,
  aliases: ALIASES,
  signature: ["Image Index", "Finding Labels"],
  // Google's adjudicated labels of some of these films (Majkowska et al. 2019).
  others: ["Airspace opacity", "Nodule or mass"],
  parse,
  known: [
    {
      folder: /^/,
      source: {
        name: "NIH ChestX-ray14",
        kind: "public",
        source: "https://nihcc.app.box.com/v/ChestXray-NIHCC (Wang et al. 2017)",
        licence: "free to use, with a link to the source and its citation",
        labeller: "NIH text mining (rule-based, from reports)",
        referenceStandard: "radiologists' reports, read by a program",
        dates: "1992 to 2015",
      },
    },
  ],
  archiveOf: (path) => `images_${String(1 + FIRST_FILMS.findLastIndex((first) => first <= path)).padStart(3, "0")}`,
};
