/**
 * Where everything stands. Three rooms, each a store: `datasets` (manifests, shards), `runs` (what one run
 * reads, writes and reports) and `models` (versions, channels). On a laptop they are folders of one store; in the
 * cloud they are buckets. Every key of the project is made here and nowhere else.
 */
export const ROOMS = ["datasets", "runs", "models"] as const;
export type Room = (typeof ROOMS)[number];

const digits = (index: number): string => String(index).padStart(5, "0");

/**
 * Counts how rows of CSV files have been read as labels so far: a manifest or shard that was written with labels of another
 * reading is not taken for one of this, though its pixels are.
 */
export const LABELS = "labels2";

/** Keys in the room `datasets`. A data set is named by its fingerprint. */
export const datasetKeys = (fingerprint: string) => ({
  /** Every row of the CSV files, parsed (lib/data/manifest.ts). */
  manifest: `${fingerprint}/manifest-${LABELS}.arrow`,
  /** Finding boxes, where the source has a table of them. */
  boxes: `${fingerprint}/boxes.json`,
  /**
   * The pixels of one part of the manifest; `preparation` as preparationName() spells it. A later `edition` holds films
   * that were replaced while the CSV files stayed; runs that were made before keep theirs.
   */
  shard: (preparation: string, part: number, edition = 0) =>
    `${fingerprint}/${preparation}/shard-${digits(part)}${edition === 0 ? "" : `-${edition}`}.arrow`,
  /** What preparing that part gave: rows used and set aside. Written after its shard. */
  shardRecord: (preparation: string, part: number) => `${fingerprint}/${preparation}/shard-${digits(part)}.json`,
});

/**
 * Features of films by a frozen backbone, in the room `runs` beside the runs, which share them; the name says of which
 * films and by which weights. No run has this name: a run's ends with a hash.
 */
export const featureShardKey = (name: string, shard: number): string =>
  `features/${name}/shard-${digits(shard)}.safetensors`;

/** Keys in the room `runs`. */
export const runKeys = (run: string) => ({
  prefix: `${run}/`,
  request: `${run}/request.json`,
  validation: `${run}/validation.json`,
  plan: `${run}/plan.json`,
  /** The data folder's pinned test set, as it stood when the run was planned. */
  testSet: `${run}/test-set.json`,
  /** Part of the split for every manifest row. */
  assignments: `${run}/assignments.arrow`,
  /** Rows of each part in order, with repeats, where a plan's protocol is the published one. */
  sequence: `${run}/sequence.arrow`,
  /** Every prepared row in shard order, with labels and part; no pixels. */
  rows: `${run}/rows.arrow`,
  dataset: `${run}/dataset.json`,
  epochPlan: `${run}/epoch-plan.arrow`,
  upsampling: `${run}/upsampling.json`,
  members: `${run}/members/`,
  member: (index: number) => {
    const base = `${run}/members/${digits(index)}`;
    return {
      prefix: `${base}/`,
      checkpoint: (step: number) => `${base}/checkpoints/${String(step).padStart(9, "0")}.safetensors`,
      checkpoints: `${base}/checkpoints/`,
      /** Points at the newest whole checkpoint. */
      latest: `${base}/latest.json`,
      weights: `${base}/weights.safetensors`,
      history: `${base}/history.json`,
      /** A folder for TensorBoard: an event file an epoch. */
      events: (epoch: number) => `${base}/tensorboard/events.out.tfevents.${String(epoch).padStart(5, "0")}.v2`,
    };
  },
  evaluation: `${run}/evaluation.json`,
  predictions: `${run}/predictions.csv`,
  report: `${run}/report.html`,
  /** The run's page as it stood when it was written. */
  page: `${run}/run.html`,
  card: `${run}/model-card.json`,
  /** What the gate judges by: exams.json, and a table each. */
  exams: `${run}/exams.json`,
  exam: (name: string) => `${run}/exams/${name}.arrow`,
  decision: `${run}/decision.json`,
  outcome: `${run}/outcome.json`,
  /** What a finished step wrote, the sign that it need not run again. */
  stepRecord: (step: string, index?: number) =>
    index === undefined ? `${run}/steps/${step}.json` : `${run}/steps/${step}-${digits(index)}.json`,
  /** Why a step failed; overwritten by the next attempt. */
  failure: (step: string, index?: number) =>
    index === undefined ? `${run}/failures/${step}.json` : `${run}/failures/${step}-${digits(index)}.json`,
  failures: `${run}/failures/`,
  stepRecords: `${run}/steps/`,
  /** How far a step has come. */
  stepProgress: (step: string, index?: number) =>
    index === undefined ? `${run}/progress/${step}.json` : `${run}/progress/${step}-${digits(index)}.json`,
  progress: `${run}/progress/`,
  /** Who runs it, or ran it last, where that is a state machine on one machine. */
  runner: `${run}/runner.json`,
});

/** Folder in the room `runs` in which data sets that arrive are kept account of; no run's name. */
export const ARRIVALS = "_arrivals/";

/** Key in the room `runs` of what waits and runs for a data set; `name` as arrivalName() in functions/on-data gives it. */
export const pendingKey = (name: string): string => `${ARRIVALS}${name}/pending.json`;

/** Files of a version besides its serving graph: what a person or a page should know of it. */
export const VERSION_FILES = {
  evaluation: "evaluation.json",
  card: "model-card.json",
  cardPage: "model-card.html",
  report: "report.html",
  /** Where the training films' features lie; only beside a manifest with `outOfDistribution`. */
  featureSpace: "feature-space.safetensors",
} as const;

/** Files of an external validation. The two CSV files are what `hilum metrics` takes. */
export const VALIDATION_FILES = {
  validation: "external-validation.json",
  report: "report.html",
  /** Calibrated probabilities of the films that were judged. */
  predictions: "predictions.csv",
  /** Their labels under the policy. */
  labels: "labels.csv",
} as const;

/** Keys in the room `models`. */
export const modelKeys = {
  channels: "channels.json",
  versions: "versions/",
  /** Weights imported from a file with this SHA-256. */
  weights: (sha256: string) => ({
    /** Written last. */
    record: `weights/${sha256}/weights.json`,
    file: `weights/${sha256}/weights.safetensors`,
  }),
  /** The record of the weights that Keras publishes for a network, where they were imported. */
  imagenet: (network: string) => `weights/imagenet-${network}.json`,
  version: (version: string) => ({
    prefix: `versions/${version}/`,
    /** Written last: a version without it does not exist. */
    manifest: `versions/${version}/model.json`,
    file: (path: string) => `versions/${version}/${path}`,
    evaluation: `versions/${version}/${VERSION_FILES.evaluation}`,
    card: `versions/${version}/${VERSION_FILES.card}`,
  }),
  /** External validations of a version: beside it, since a version is never changed. */
  validations: (version: string) => ({
    prefix: `validations/${version}/`,
    /** What the version answers for the films of a shard with this SHA-256, whichever validation asked. */
    answers: (shard: string) => `validations/${version}/answers/${shard}.arrow`,
    of: (id: string) => {
      const prefix = `validations/${version}/${id}/`;
      return {
        prefix,
        /** Written last. */
        validation: `${prefix}${VALIDATION_FILES.validation}`,
        report: `${prefix}${VALIDATION_FILES.report}`,
        predictions: `${prefix}${VALIDATION_FILES.predictions}`,
        labels: `${prefix}${VALIDATION_FILES.labels}`,
      };
    },
  }),
} as const;

/** Folder in the room `datasets` of what outlives a data set's fingerprint. */
export const SPLITS = "splits/";

/** Keys in it: `name` as splitName() in lib/data/salt.ts gives it. */
export const splitSaltKey = (name: string): string => `${SPLITS}${name}.json`;

/** Key in the room `datasets` of a data folder's pinned test set. */
export const testSetKey = (name: string): string => `${SPLITS}${name}-test-set.json`;

/** Counts how films have been decoded and resized so far: pixels of another way are never taken for those of this one. */
const DECODING = "v5";

/** Whether a key of the room `datasets` is a shard of that geometry, of any data set and with labels of any reading. */
export const isShardOf = (key: string, geometry: { size: number; fit: string; resize: string }): boolean => {
  const [, preparation = "", file = ""] = key.split("/");
  return preparation.startsWith(`${geometryName(geometry)}-${DECODING}-`) && /^shard-\d+(-\d+)?\.arrow$/.test(file);
};

/** Whether a shard, by its key, tells blank labels from those that nobody looked for; earlier ones wrote both as blank. */
export const tellsUnlabelled = (key: string): boolean => key.includes(`-${LABELS}-`);

/** `224-pad-antialias-v5-labels2-frontal-4096`: the folder of shards; everything that decides their bytes besides the films. */
export const preparationName = (config: {
  geometry: { size: number; fit: string; resize: string };
  views: readonly string[];
  prepare: { rowsPerPart: number };
}): string =>
  [geometryName(config.geometry), DECODING, LABELS, ...config.views.toSorted(), config.prepare.rowsPerPart].join("-");

/** `224-pad-antialias`. */
export const geometryName = (g: { size: number; fit: string; resize: string }): string =>
  `${g.size}-${g.fit}-${g.resize}`;
