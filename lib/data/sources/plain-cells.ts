import { NOT_LABELLED } from "../../domain/label-policy.ts";
import { OBSERVATIONS, type Observation } from "../../domain/observations.ts";
import { UNKNOWN_AGE } from "../column-codecs.ts";
import { keyOf } from "../column-names.ts";
import { fault, shownCell } from "../csv.ts";
import { labelOfCell, OBSERVATION_ALIASES } from "./cells.ts";

/** What people call observations besides their names here. */
const OTHER_NAMES: Readonly<Partial<Record<Observation, readonly string[]>>> = {
  "No Finding": ["No Findings", "Normal", "Healthy", "Sano"],
  Cardiomegaly: ["Enlarged Heart"],
  "Lung Opacity": ["Opacity"],
  "Lung Lesion": ["Nodule", "Mass", "Nodule/Mass", "Nodule or mass", "Lung Nodule", "Lung Mass", "Lesion"],
  Edema: ["Oedema", "Pulmonary Edema", "Pulmonary Oedema"],
  "Pleural Effusion": ["Effusion"],
  "Support Devices": ["Support Device", "Medical Device"],
};

/** All names of an observation, its own first. */
export const observationNames = (name: Observation): readonly string[] => [
  name,
  ...(OBSERVATION_ALIASES[name] ?? []),
  ...(OTHER_NAMES[name] ?? []),
];

const BY_NAME: ReadonlyMap<string, Observation> = new Map(
  OBSERVATIONS.flatMap((name) => observationNames(name).map((word) => [keyOf(word), name] as const)),
);

/** The observation that somebody's word means, whatever its case, spaces and signs. */
export const observationOf = (word: string): Observation | undefined => BY_NAME.get(keyOf(word));

const WORDS: ReadonlyMap<string, number> = new Map([
  ...["yes", "y", "true", "positive", "present"].map((word) => [word, 1] as const),
  ...["no", "n", "false", "negative", "absent"].map((word) => [word, 0] as const),
  ...["uncertain", "hedge", "equivocal"].map((word) => [word, -1] as const),
  ["n/a", NOT_LABELLED],
]);

/** @throws InputError `csv` */
export function plainLabel(file: string, line: number, column: string, text: string): number {
  const label = labelOfCell(text) ?? WORDS.get(text.trim().toLowerCase());
  if (label !== undefined) return label;
  throw fault(file, line, `${column} is ${shownCell(text)}, expected 1, 0, -1, NA, blank, yes or no`);
}

export interface View {
  readonly view: string;
  readonly projection: string;
}

const FRONTAL = /^(frontal|front|posteroanterior|anteroposterior|pa|ap)(?![a-z])/i;
const LATERAL = /^(lateral|lat|l|ll|rl)(?![a-z])/i;

/** A view as people write it: `PA`, `AP Supine`, `Lateral`; what it does not know is a view of its own, and left out. */
export function plainView(text: string): View {
  const plain = text.trim();
  const projection = /^(pa|ap)(?![a-z])/i.exec(plain)?.[0].toUpperCase() ?? "";
  if (FRONTAL.test(plain)) return { view: "frontal", projection };
  if (LATERAL.test(plain)) return { view: "lateral", projection: "" };
  return { view: plain === "" ? "unknown" : "other", projection: "" };
}

const OLDEST = 150;
const MISSING = /^(|nan|na|n\/a|none|null|unknown)$/i;

/** `50`, `50.4`, `050Y`, `11M`, `90+`: whole years. @throws InputError `csv` */
export function plainAge(file: string, line: number, text: string): number {
  const plain = text.trim();
  if (MISSING.test(plain)) return UNKNOWN_AGE;
  const [, digits, unit = ""] = /^(\d+)(?:\.\d*)?\s*([YMWD]?)[a-z]*\+?$/i.exec(plain) ?? [];
  if (digits === undefined) throw fault(file, line, `Age is ${shownCell(text)}, expected years`);
  const years = /^[MWD]$/i.test(unit) ? 0 : Number(digits);
  return years > OLDEST ? UNKNOWN_AGE : years;
}

const SEPARATORS = /[|;,/]/;
/** Cells that say nothing of a film, neither that something was found nor that it was not. */
const UNSAID = /^(|nan|na|n\/a|none|null|unknown|todo|-)$/i;

/** Words of a cell that names what was found; none where it says nothing. A list as Python writes it is one too. */
export function wordsOf(
  text: string,
  separator: string | RegExp | undefined,
  isKnown: (word: string) => boolean,
): string[] {
  const plain = text.trim().replace(/^\[(.*)\]$/s, "$1");
  if (UNSAID.test(plain)) return [];
  if (isKnown(plain)) return [plain];
  return plain
    .split(separator ?? SEPARATORS)
    .map((word) => word.trim().replace(/^(['"])(.*)\1$/s, "$2"))
    .filter((word) => !UNSAID.test(word));
}
