import type { RawLabel } from "../domain/labels.ts";
import { forEachObservation, type Observation } from "../domain/observations.ts";
import { type Random, random } from "../domain/random.ts";
import { OPACITIES, PLANTED, PLANTED_NAMES, type PlantedName } from "./findings.ts";

/** One finding of a study and how clearly it shows, 0 to 1; below 1 its label is "uncertain". */
export type Strengths = Partial<Record<PlantedName, number>>;

export interface PhantomFilm {
  readonly patient: number;
  readonly study: number;
  readonly view: number;
  readonly female: boolean;
  readonly age: number;
  readonly frontal: boolean;
  /** "AP" or "PA" on frontal films, "" on lateral ones. */
  readonly projection: "AP" | "PA" | "";
  readonly findings: Strengths;
  readonly labels: readonly RawLabel[];
}

const UNCERTAIN_SHARE = 0.05;
const UNCERTAIN_STRENGTH = 0.45;
const MENTIONED_NEGATIVE_SHARE = 0.4;
const LATERAL_SHARE = 0.12;

/** Observations that no phantom shows; radiologists' reports leave most of them unmentioned too. */
const isPlanted = (name: Observation): name is PlantedName => name in PLANTED;

/** Patients with one to three studies until there are `frontalFilms` frontal films; the same for the same seed. */
export function drawPopulation(seed: number, frontalFilms: number): PhantomFilm[] {
  const films: PhantomFilm[] = [];
  let frontal = 0;
  for (let patient = 1; frontal < frontalFilms; patient += 1) {
    const next = random(seed, "patient", patient);
    const female = next() < 0.45;
    const age = Math.round(22 + 66 * Math.sqrt(next()));
    const studies = 1 + Math.floor(3 * next() ** 2);
    let findings: Strengths = {};
    for (let study = 1; study <= studies && frontal < frontalFilms; study += 1) {
      findings = drawFindings(findings, next);
      const projection = next() < (findings["Support Devices"] === undefined ? 0.45 : 0.85) ? "AP" : "PA";
      const shared = { patient, study, female, age, findings, labels: drawLabels(findings, next) };
      films.push({ ...shared, view: 1, frontal: true, projection });
      frontal += 1;
      if (next() < LATERAL_SHARE) films.push({ ...shared, view: 2, frontal: false, projection: "" });
    }
  }
  return films;
}

function drawFindings(before: Strengths, next: Random): Strengths {
  const now: Strengths = {};
  for (const name of PLANTED_NAMES) {
    const { prevalence, persistence } = PLANTED[name];
    const present = next() < (before[name] === undefined ? prevalence : persistence);
    const strength = next() < UNCERTAIN_SHARE ? UNCERTAIN_STRENGTH : 1;
    if (present) now[name] = strength;
  }
  return now;
}

/** Labels as a report's labeller would give them: some negatives are mentioned, most are blank. */
function drawLabels(findings: Strengths, next: Random): RawLabel[] {
  const labelOf = (strength: number | undefined): RawLabel => {
    if (strength !== undefined) return strength < 1 ? -1 : 1;
    return next() < MENTIONED_NEGATIVE_SHARE ? 0 : null;
  };
  return forEachObservation((name) => {
    if (isPlanted(name)) return labelOf(findings[name]);
    if (name === "Lung Opacity") return labelOf(strongest(OPACITIES.map((opacity) => findings[opacity])));
    if (name === "No Finding") return Object.keys(findings).length === 0 ? 1 : null;
    return next() < MENTIONED_NEGATIVE_SHARE / 2 ? 0 : null;
  });
}

const strongest = (strengths: readonly (number | undefined)[]): number | undefined => {
  const present = strengths.filter((strength) => strength !== undefined);
  return present.length === 0 ? undefined : Math.max(...present);
};
