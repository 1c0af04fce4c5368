import { FILM_COLUMNS } from "../lib/data/sources/chexpert.ts";
import { OBSERVATION_COUNT, observationIndex } from "../lib/domain/observations.ts";
import { type Random, random, shuffle } from "../lib/domain/random.ts";

/**
 * CSV files with the counts of CheXpert-v1.0-small as the study published them: rows, frontal rows, positives under
 * U-Ones, and the rows that surprise. Everything else is drawn from a seed; no row of the real files is in them.
 */
export interface StudyTable {
  readonly "train.csv": string;
  readonly "valid.csv": string;
}

/** Frontal rows that are positive or uncertain, by observation, over both files. */
export const STUDY_POSITIVES = [
  17000, 19578, 30158, 98759, 8149, 61535, 37396, 20664, 59658, 20408, 86541, 4318, 7935, 108184,
];
/** Of these the share that is uncertain, about as in CheXpert (Irvin et al. 2019, table 1). */
const UNCERTAIN_SHARES = [0, 0.53, 0.22, 0.04, 0.14, 0.19, 0.65, 0.77, 0.5, 0.13, 0.11, 0.42, 0.06, 0.01];

const TRAIN = { rows: 223_414, frontal: 191_027, patients: 64_540 };
const VALID = { rows: 234, frontal: 202, patients: 200 };
const FRONTAL = TRAIN.frontal + VALID.frontal;
const UNLABELLED = 12;
const UNUSUAL_PROJECTIONS = 17;
const NEWBORNS = 3;

interface Film {
  readonly patient: number;
  readonly study: number;
  readonly view: number;
  /** Number of the frontal film whose labels it bears. */
  readonly frontal: number;
  readonly isFrontal: boolean;
}

export function studyTable(seed = 1): StudyTable {
  const next = random(seed, "study-table");
  const labels = drawLabels(next);
  const train = drawFilms(TRAIN, 1, 0, next);
  const valid = drawFilms(VALID, TRAIN.patients + 1, TRAIN.frontal, next);
  const print = (folder: string, films: readonly Film[]) =>
    `${[FILM_COLUMNS.join(","), ...films.map((film) => printFilm(folder, film, labels, next))].join("\n")}\n`;
  return { "train.csv": print("train", train), "valid.csv": print("valid", valid) };
}

/** @returns frontal films x 14: the cells' texts by number, see CELLS */
function drawLabels(next: Random): Uint8Array {
  const labels = new Uint8Array(FRONTAL * OBSERVATION_COUNT);
  const rows = shuffle(
    Uint32Array.from({ length: FRONTAL }, (_, row) => row),
    next,
  );
  const healthy = STUDY_POSITIVES[0]!;
  const devices = observationIndex("Support Devices");
  // The first rows of the shuffle have no finding but devices, the last ones no label at all.
  const healthyRows = rows.subarray(0, healthy);
  const labelled = rows.subarray(0, FRONTAL - UNLABELLED);
  STUDY_POSITIVES.forEach((positives, k) => {
    const from = k === 0 ? healthyRows : k === devices ? labelled : labelled.subarray(healthy);
    const drawn = shuffle(from.slice(), next).subarray(0, positives);
    const uncertain = Math.round(positives * UNCERTAIN_SHARES[k]!);
    drawn.forEach((row, i) => {
      labels[row * OBSERVATION_COUNT + k] = i < uncertain ? UNCERTAIN : POSITIVE;
    });
  });
  for (const row of labelled) {
    const own = labels.subarray(row * OBSERVATION_COUNT, (row + 1) * OBSERVATION_COUNT);
    for (let k = 1; k < OBSERVATION_COUNT; k += 1) if (own[k] === 0 && next() < 0.08) own[k] = NEGATIVE;
    if (own.every((label) => label === 0)) own[1 + Math.floor(next() * (OBSERVATION_COUNT - 1))] = NEGATIVE;
  }
  return labels;
}

const CELLS = ["", "1.0", "0.0", "-1.0"];
const POSITIVE = 1;
const NEGATIVE = 2;
const UNCERTAIN = 3;

/** Each patient has a frontal film; some have many studies, some studies a lateral film too. */
function drawFilms(
  { rows, frontal, patients }: typeof TRAIN,
  firstPatient: number,
  firstFrontal: number,
  next: Random,
): Film[] {
  const studies = new Uint16Array(patients).fill(1);
  for (let extra = patients; extra < frontal; extra += 1) studies[Math.floor(patients * next() ** 2)]! += 1;
  const laterals = new Set(
    shuffle(
      Uint32Array.from({ length: frontal }, (_, i) => i),
      next,
    ).subarray(0, rows - frontal),
  );
  const films: Film[] = [];
  let film = 0;
  studies.forEach((count, i) => {
    for (let study = 1; study <= count; study += 1) {
      const shared = { patient: firstPatient + i, study, frontal: firstFrontal + film };
      films.push({ ...shared, view: 1, isFrontal: true });
      if (laterals.has(film)) films.push({ ...shared, view: 2, isFrontal: false });
      film += 1;
    }
  });
  return films;
}

function printFilm(folder: string, film: Film, labels: Uint8Array, next: Random): string {
  const { patient, study, view, isFrontal, frontal } = film;
  const name = `patient${String(patient).padStart(5, "0")}/study${study}/view${view}_${isFrontal ? "frontal" : "lateral"}`;
  const sex = patient === 9 && study === 1 && isFrontal ? "Unknown" : patient % 5 < 3 ? "Male" : "Female";
  const age = frontal < NEWBORNS && isFrontal ? 0 : 18 + Math.floor(73 * next());
  const usual = next() < 0.84 ? "AP" : "PA";
  const unusual = frontal < UNUSUAL_PROJECTIONS;
  const projection = isFrontal ? (unusual ? (frontal === 0 ? "RL" : "LL") : usual) : "";
  const cells = labels.subarray(frontal * OBSERVATION_COUNT, (frontal + 1) * OBSERVATION_COUNT);
  return [
    `CheXpert-v1.0-small/${folder}/${name}.jpg`,
    sex,
    age,
    isFrontal ? "Frontal" : "Lateral",
    projection,
    ...Array.from(cells, (cell) => CELLS[cell]!),
  ].join(",");
}
