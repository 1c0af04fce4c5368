import { recordOf } from "../record-of.ts";
import { aurocOf } from "./auroc.ts";
import { averagePrecisionOf } from "./average-precision.ts";
import { binaryAccuracy } from "./binary-accuracy.ts";
import { type Confusion, confusion, f1, precision, recall } from "./confusion.ts";
import { meanDefined } from "./mean.ts";
import { type Numbers, type Ranking, rank } from "./ranking.ts";

/** Scores and labels (1, 0, NaN masked) of one observation, and its operating point. */
export interface Decided {
  readonly scores: Numbers;
  readonly labels: Numbers;
  readonly threshold: number;
}

/** Figures that scikit-learn averages. Null where nothing could be averaged. */
export interface Averaged {
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly auroc: number | null;
  readonly averagePrecision: number | null;
  /** Keras's binary accuracy, at 0.5. */
  readonly binaryAccuracy: number | null;
}

export interface Averages {
  /** All decisions in one heap; the decisions' figures are not defined where that holds one class only. */
  readonly micro: Averaged;
  /** Mean over the observations with both classes. */
  readonly macro: Averaged;
  /** The same, weighted by positives. */
  readonly weighted: Averaged;
  /** Mean over films of the figures among one film's observations. */
  readonly samples: Averaged;
}

type Figure = keyof Averaged;

/** A share without a denominator counts as 0 in an average, as scikit-learn prints it. */
const decisions = (counts: Confusion) => ({
  precision: precision(counts) ?? 0,
  recall: recall(counts) ?? 0,
  f1: f1(counts) ?? 0,
});

function figuresOf(scores: Numbers, labels: Numbers, counts: Confusion, ranking = rank(scores, labels)): Averaged {
  return {
    ...decisions(counts),
    auroc: aurocOf(ranking),
    averagePrecision: averagePrecisionOf(ranking),
    binaryAccuracy: binaryAccuracy(scores, labels),
  };
}

/**
 * Averages over observations and films as scikit-learn makes them for multi-label tables (classification_report,
 * roc_auc_score, average_precision_score), masked labels left out. Observations with one class only are not defined and
 * have no part in the macro and weighted means; films with one class only have none in the means of AUROC, and films
 * without a positive none in those of average precision.
 * @param rankings of the columns, where they are there already
 */
export function averages(columns: readonly Decided[], rankings: readonly Ranking[] = []): Averages {
  const counts = columns.map(({ scores, labels, threshold }) => confusion(scores, labels, threshold));
  const both = columns.flatMap(({ scores, labels }, i) => {
    const { truePositive, falseNegative, falsePositive, trueNegative } = counts[i]!;
    const positives = truePositive + falseNegative;
    if (positives === 0 || falsePositive + trueNegative === 0) return [];
    return [{ weight: positives, figures: figuresOf(scores, labels, counts[i]!, rankings[i]) }];
  });
  return {
    micro: pooled(columns, counts),
    macro: mean(both.map(({ figures }) => ({ figures, weight: 1 }))),
    weighted: mean(both),
    samples: meanOverFilms(columns),
  };
}

function pooled(columns: readonly Decided[], counts: readonly Confusion[]): Averaged {
  const add = (of: keyof Confusion): number => counts.reduce((sum, count) => sum + count[of], 0);
  const all: Confusion = {
    truePositive: add("truePositive"),
    falsePositive: add("falsePositive"),
    trueNegative: add("trueNegative"),
    falseNegative: add("falseNegative"),
  };
  const gather = (of: "scores" | "labels"): Float64Array => {
    const rows = columns[0]?.labels.length ?? 0;
    const all = new Float64Array(columns.length * rows);
    for (const [i, column] of columns.entries()) all.set(column[of], i * rows);
    return all;
  };
  const figures = figuresOf(gather("scores"), gather("labels"), all);
  return figures.auroc === null ? { ...figures, precision: null, recall: null, f1: null } : figures;
}

/** Mean over the films that have a label, of the figures among one film's observations. */
function meanOverFilms(columns: readonly Decided[]): Averaged {
  const sums = { precision: 0, recall: 0, f1: 0, auroc: 0, averagePrecision: 0, binaryAccuracy: 0 };
  const [counts, film] = [{ ...sums }, new Film(columns)];
  const rows = columns[0]?.labels.length ?? 0;
  for (let row = 0; row < rows; row += 1) {
    if (film.read(row) === 0) continue;
    for (const figure of FIGURES) {
      const value = film[figure]();
      if (Number.isNaN(value)) continue;
      sums[figure] += value;
      counts[figure] += 1;
    }
  }
  const average = (figure: Figure): number | null => (counts[figure] === 0 ? null : sums[figure] / counts[figure]);
  return recordOf(FIGURES, average);
}

const FIGURES = ["precision", "recall", "f1", "auroc", "averagePrecision", "binaryAccuracy"] as const;

/**
 * One film's labelled observations by falling score. There may be a million films: nothing is made anew for each. NaN
 * stands for what is not defined.
 */
class Film {
  private readonly columns: readonly Decided[];
  private readonly scores: Float64Array;
  private readonly positive: Uint8Array;
  private known = 0;
  private positives = 0;
  private called = 0;
  private found = 0;
  private right = 0;

  constructor(columns: readonly Decided[]) {
    this.columns = columns;
    this.scores = new Float64Array(columns.length);
    this.positive = new Uint8Array(columns.length);
  }

  /** @returns how many of its observations have a label */
  read(row: number): number {
    this.known = this.positives = this.called = this.found = this.right = 0;
    for (let i = 0; i < this.columns.length; i += 1) {
      const { scores, labels, threshold } = this.columns[i]!;
      const label = labels[row]!;
      if (Number.isNaN(label)) continue;
      const score = scores[row]!;
      const [isPositive, isCalled] = [label > 0.5 ? 1 : 0, score >= threshold ? 1 : 0];
      this.positives += isPositive;
      this.called += isCalled;
      this.found += isPositive & isCalled;
      if (score > 0.5 === label > 0.5) this.right += 1;
      this.insert(score, isPositive);
    }
    return this.known;
  }

  private insert(score: number, isPositive: number): void {
    let place = this.known;
    for (; place > 0 && this.scores[place - 1]! < score; place -= 1) {
      this.scores[place] = this.scores[place - 1]!;
      this.positive[place] = this.positive[place - 1]!;
    }
    this.scores[place] = score;
    this.positive[place] = isPositive;
    this.known += 1;
  }

  precision = (): number => (this.called === 0 ? 0 : this.found / this.called);
  recall = (): number => (this.positives === 0 ? 0 : this.found / this.positives);
  f1 = (): number => (this.called + this.positives === 0 ? 0 : (2 * this.found) / (this.called + this.positives));
  binaryAccuracy = (): number => this.right / this.known;

  auroc(): number {
    const negatives = this.known - this.positives;
    if (this.positives === 0 || negatives === 0) return Number.NaN;
    let [above, aboveHere, negativesHere, pairs] = [0, 0, 0, 0];
    for (let i = 0; i < this.known; i += 1) {
      if (this.positive[i] === 1) aboveHere += 1;
      else negativesHere += 1;
      if (i + 1 < this.known && this.scores[i + 1] === this.scores[i]) continue;
      pairs += negativesHere * (above + aboveHere);
      above = aboveHere;
      negativesHere = 0;
    }
    return pairs / (2 * this.positives * negatives);
  }

  averagePrecision(): number {
    if (this.positives === 0) return Number.NaN;
    let [found, last, sum] = [0, 0, 0];
    for (let i = 0; i < this.known; i += 1) {
      found += this.positive[i]!;
      if (i + 1 < this.known && this.scores[i + 1] === this.scores[i]) continue;
      sum += ((found - last) * found) / (i + 1);
      last = found;
    }
    return sum / this.positives;
  }
}

interface Weighed {
  readonly figures: Averaged;
  readonly weight: number;
}

function mean(of: readonly Weighed[]): Averaged {
  const average = (figure: Figure): number | null => {
    const defined = of.filter(({ figures }) => figures[figure] !== null);
    const weight = meanDefined(defined.map((entry) => entry.weight));
    if (weight === null || weight === 0) return null;
    return meanDefined(defined.map((entry) => (entry.figures[figure]! * entry.weight) / weight));
  };
  return {
    precision: average("precision"),
    recall: average("recall"),
    f1: average("f1"),
    auroc: average("auroc"),
    averagePrecision: average("averagePrecision"),
    binaryAccuracy: average("binaryAccuracy"),
  };
}
