import { aurocOf } from "./auroc.ts";
import { averagePrecisionOf } from "./average-precision.ts";
import { binaryAccuracy } from "./binary-accuracy.ts";
import { type Confusion, confusion, f1, precision, recall } from "./confusion.ts";
import { meanDefined } from "./mean.ts";
import { type Numbers, rank } from "./ranking.ts";

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

function figuresOf(scores: Numbers, labels: Numbers, counts: Confusion): Averaged {
  const ranking = rank(scores, labels);
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
 */
export function averages(columns: readonly Decided[]): Averages {
  const counts = columns.map(({ scores, labels, threshold }) => confusion(scores, labels, threshold));
  const both = columns.flatMap(({ scores, labels }, i) => {
    const { truePositive, falseNegative, falsePositive, trueNegative } = counts[i]!;
    const positives = truePositive + falseNegative;
    if (positives === 0 || falsePositive + trueNegative === 0) return [];
    return [{ weight: positives, figures: figuresOf(scores, labels, counts[i]!) }];
  });
  return {
    micro: pooled(columns, counts),
    macro: mean(both.map(({ figures }) => ({ figures, weight: 1 }))),
    weighted: mean(both),
    samples: mean(films(columns).map((figures) => ({ figures, weight: 1 }))),
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
  const gather = (of: "scores" | "labels") => Float64Array.from(columns.flatMap((column) => Array.from(column[of])));
  const figures = figuresOf(gather("scores"), gather("labels"), all);
  return figures.auroc === null ? { ...figures, precision: null, recall: null, f1: null } : figures;
}

/** Figures of each film that has a label. */
function films(columns: readonly Decided[]): Averaged[] {
  const found: Averaged[] = [];
  const rows = columns[0]?.labels.length ?? 0;
  for (let row = 0; row < rows; row += 1) {
    const known = columns.filter(({ labels }) => !Number.isNaN(labels[row]!));
    if (known.length === 0) continue;
    const labels = known.map((column) => column.labels[row]!);
    const scores = known.map((column) => column.scores[row]!);
    const decided = known.map(({ threshold }, i) => (scores[i]! >= threshold ? 1 : 0));
    found.push(figuresOf(scores, labels, confusion(decided, labels, 1)));
  }
  return found;
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
