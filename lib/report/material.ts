import type { Dataset, UpsamplingRecord } from "../contracts/dataset.ts";
import type { Evaluation } from "../contracts/evaluation.ts";
import type { Machine } from "../contracts/machine.ts";
import type { OutOfDistribution } from "../contracts/model-version.ts";
import type { Plan } from "../contracts/plan.ts";
import type { RunRequest } from "../contracts/run.ts";
import type { TrainingHistory } from "../contracts/training.ts";
import type { CalibrationMap } from "../domain/calibration.ts";
import type { Composition } from "../domain/composition.ts";
import type { Rectangle } from "../domain/geometry.ts";
import type { ObservationStatus } from "../domain/observation-status.ts";
import type { Observation } from "../domain/observations.ts";

/** How a decision stood to its label. */
export type Outcome = "true positive" | "false negative" | "false positive";

/** A test film to look at. Names nobody: pixels as the network saw them. */
export interface Example {
  readonly observation: Observation;
  readonly outcome: Outcome;
  readonly probability: number;
  readonly threshold: number;
  /** size x size grey values. */
  readonly pixels: Uint8Array;
  readonly size: number;
  /** Grad-CAM of the observation, rows x columns, at least 0. */
  readonly map: { readonly rows: number; readonly columns: number; readonly values: Float32Array };
  /** Finding boxes of the observation, in pixels of the square. */
  readonly boxes: readonly Rectangle[];
}

/** Everything that the report is written from. */
export interface ReportMaterial {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly dataset: Dataset;
  readonly upsampling: UpsamplingRecord;
  readonly histories: readonly TrainingHistory[];
  readonly evaluation: Evaluation;
  /** Of each observation, in their order. */
  readonly statuses: readonly ObservationStatus[];
  readonly outOfDistribution: OutOfDistribution;
  /** Patients of the films that were trained on. */
  readonly trainedPatients: number;
  readonly calibration: readonly CalibrationMap[];
  readonly examples: readonly Example[];
  /** Whose films each part holds. */
  readonly composition: Composition;
  /** Training films that count as positive, and as negative, under the policy; of each observation. */
  readonly trainingLabels: readonly { readonly positives: number; readonly negatives: number }[];
  /** What evaluated it. */
  readonly machine: Machine;
  /** SHA-256 of the serving graph's files by path. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}
