import { readFileSync } from "node:fs";
import { parse } from "csv-parse/sync";
import type { Observation } from "../../domain/observations.ts";

/** Where the numbers of study.csv are from: printed by the study's own notebooks, to two places. */
export const STUDY_SOURCE = "github.com/hborhan/DL-CNN-CheXpert-data (Stanford CS230), the notebooks' printed results";

type Line = Observation | "micro avg" | "macro avg" | "weighted avg" | "samples avg";

export interface PublishedFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Positives among its test films. */
  readonly support: number;
}

export interface PublishedRun {
  readonly name: string;
  readonly title: string;
  /** Keras binary accuracy at 0.5, as published. */
  readonly accuracy: number;
  readonly figures: Readonly<Record<Line, PublishedFigures>>;
}

/** The study's runs in its order; accuracy from its report, the rest in study.csv. */
const RUNS = [
  { name: "r1-transfer", title: "R1: DenseNet-121, head only", accuracy: 0.8065 },
  { name: "r2-full", title: "R2: DenseNet-121, all weights", accuracy: 0.85 },
  { name: "vgg16-full", title: "VGG-16, all weights", accuracy: 0.8527 },
  { name: "resnet50-full", title: "ResNet-50, all weights", accuracy: 0.847 },
  { name: "r3-balanced:original-test", title: "R3: up-sampled; “original” test films", accuracy: 0.8775 },
  { name: "r3-balanced:upsampled-test", title: "R3: up-sampled; up-sampled test films", accuracy: 0.9206 },
] as const;

interface CsvLine {
  readonly run: string;
  readonly observation: Line;
  readonly precision: string;
  readonly recall: string;
  readonly f1: string;
  readonly support: string;
}

const lines: readonly CsvLine[] = parse(readFileSync(new URL("study.csv", import.meta.url)), { columns: true });

/** What the study published. */
export const STUDY: readonly PublishedRun[] = RUNS.map((run) => ({
  ...run,
  figures: Object.fromEntries(
    lines
      .filter((line) => line.run === run.name)
      .map(({ observation, precision, recall, f1, support }) => [
        observation,
        { precision: Number(precision), recall: Number(recall), f1: Number(f1), support: Number(support) },
      ]),
  ) as PublishedRun["figures"],
}));
