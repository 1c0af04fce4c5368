import { aurocDifference } from "../auroc-difference.ts";
import { normalQuantile } from "../intervals/quantiles.ts";
import { type Observation, observationIndex } from "../observations.ts";
import type { PairedColumn, PairedDifference } from "../paired-difference.ts";
import { sensitivityDifference } from "../sensitivity-difference.ts";
import { type Check, lowerBound, signed } from "./check.ts";
import type { Candidate, Exam, Reference } from "./contenders.ts";
import type { GateRules } from "./rules.ts";

/** Patients with a positive film, and with a negative one, that an exam needs to say something of an observation. */
export const LEAST_OF_EACH_CLASS = 10;

/** Chance at which a model as good as the reference is to hold every observation of an exam where margins are widened. */
const FAMILY_POWER = 0.9;

/** Observations of which an exam can say something. */
export const tells = ({ labels, patients }: Exam, name: Observation): boolean => {
  const column = labels[observationIndex(name)]!;
  const withFilm = (positive: boolean): number =>
    new Set(patients.filter((_, film) => !Number.isNaN(column[film]!) && column[film]! > 0.5 === positive)).size;
  return withFilm(true) >= LEAST_OF_EACH_CLASS && withFilm(false) >= LEAST_OF_EACH_CLASS;
};

type Thresholds = Parameters<typeof sensitivityDifference>[2];

interface Figure {
  readonly name: string;
  readonly margin: (rules: GateRules) => number;
  readonly difference: (column: PairedColumn, confidence: number, thresholds: Thresholds) => PairedDifference | null;
}

const FIGURES: readonly Figure[] = [
  { name: "auroc", margin: (rules) => rules.observationMargin, difference: aurocDifference },
  { name: "sensitivity", margin: (rules) => rules.sensitivityMargin, difference: sensitivityDifference },
];

interface Held {
  readonly name: Observation;
  readonly difference: PairedDifference;
  readonly allowed: number;
  readonly margin: number;
}

/**
 * Non-inferiority of every observation in AUROC and in sensitivity. All have to hold, each at the stated confidence, so
 * that the family has the same (intersection-union, Berger 1982).
 * @returns a check for each that does not hold, and one for each figure that holds in all
 */
export function observationsHeld(
  exam: Exam,
  names: readonly Observation[],
  [candidate, reference]: readonly [Candidate, Reference],
  rules: GateRules,
  named: { readonly rule: string; readonly on: string },
): Check[] {
  const power = normalQuantile(1 - (1 - FAMILY_POWER) / (names.length * FIGURES.length));
  return FIGURES.flatMap((figure): Check[] => {
    const margin = figure.margin(rules);
    const held = names.flatMap((name): Held[] => {
      const i = observationIndex(name);
      const { labels, patients } = exam;
      const column = {
        labels: labels[i]!,
        patients,
        candidate: exam.candidate[i]!,
        reference: exam.reference[i]!,
      };
      const thresholds = { candidate: candidate.thresholds[i]!, reference: reference.thresholds[i]! };
      const difference = figure.difference(column, rules.confidence, thresholds);
      if (difference === null) return [];
      const { value, lower, standardError } = difference;
      const excluded = value - lower + power * standardError;
      const allowed = Math.min(Math.max(margin, excluded), margin * rules.widestMargin);
      return [{ name, difference, allowed, margin }];
    });
    const rule = `${named.rule}/${figure.name}`;
    const told = (one: Held) => `${named.on}: ${inWords(figure, one, rules)}`;
    const failed = held.filter(({ difference, allowed }) => !(difference.lower > -allowed));
    if (failed.length > 0) {
      return failed.map((one) => ({
        rule: `${rule}/${one.name}`,
        passed: false,
        value: one.difference.lower,
        limit: -one.allowed,
        detail: told(one),
      }));
    }
    const nearest = held.toSorted((a, b) => room(a) - room(b))[0];
    if (nearest === undefined) return [];
    const others = held.length - 1;
    const rest = others === 1 ? "the other observation is" : `the other ${others} observations are`;
    const detail = others === 0 ? told(nearest) : `${told(nearest)}; ${rest} further from the limit`;
    return [{ rule, passed: true, value: nearest.difference.lower, limit: -nearest.allowed, detail }];
  });
}

const room = ({ difference, allowed }: Held): number => difference.lower + allowed;

function inWords(figure: Figure, { name, difference, allowed, margin }: Held, { confidence }: GateRules): string {
  const { value, lower, positives, patients } = difference;
  const why =
    allowed > margin ? ` (${signed(-margin)} with more films: these are too few to exclude a loss that small)` : "";
  const films = `${positives} positive ${positives === 1 ? "film" : "films"} of ${patients} patients`;
  const of = `difference in ${FIGURE_WORDS[figure.name]} ${name} ${signed(value)} on ${films}`;
  return `${of}, ${lowerBound(confidence, lower)}, expected above ${signed(-allowed)}${why}`;
}

const FIGURE_WORDS: Readonly<Record<string, string>> = { auroc: "AUROC of", sensitivity: "sensitivity to" };
