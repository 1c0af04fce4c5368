import * as z from "zod";
import {
  POLICY_NAMES,
  POLICY_PRESETS,
  type PolicyPreset,
  RENAMED_POLICIES,
  USUAL_SMOOTHING,
} from "../domain/label-policy.ts";
import { ColumnMapping } from "./column-mapping.ts";
import { ObservationName, Sha256, Share } from "./primitives.ts";

/** What an uncertain label (-1) becomes; see lib/domain/label-policy.ts. */
export const UncertainPolicy = z.enum(["ones", "zeros", "ignore", "smooth"]);
export type UncertainPolicy = z.infer<typeof UncertainPolicy>;

/** What a blank label (looked for, not mentioned) becomes. */
export const BlankPolicy = z.enum(["zero", "ignore"]);
export type BlankPolicy = z.infer<typeof BlankPolicy>;

/** Where `smooth` draws the target of an uncertain label from. */
export const Smoothing = z
  .strictObject({
    from: Share.default(USUAL_SMOOTHING.from),
    to: Share.default(USUAL_SMOOTHING.to),
    seed: z.int().min(0).default(USUAL_SMOOTHING.seed),
  })
  .refine(({ from, to }) => from <= to && (to < 0.5 || from > 0.5), {
    message: "expected from <= to on one side of 0.5, so that figures count all draws alike",
  });

/** How a raw label becomes a target: a default and exceptions by name. */
export const LabelPolicy = z.strictObject(
  {
    name: z.string().optional().describe("of the preset that it is"),
    uncertain: UncertainPolicy.default("ones"),
    blank: BlankPolicy.default("zero"),
    smoothing: Smoothing.optional(),
    perObservation: z
      .partialRecord(
        ObservationName,
        z.strictObject({
          uncertain: UncertainPolicy.optional(),
          blank: BlankPolicy.optional(),
          smoothing: Smoothing.optional(),
        }),
      )
      .default({}),
  },
  {
    error: ({ code, input }) => {
      if (code !== "invalid_type") return undefined;
      const renamed = RENAMED_POLICIES.get(input as string);
      if (renamed !== undefined) return `${input} is called ${renamed} now`;
      return `expected a policy, or the name of one: ${POLICY_NAMES.join(", ")}`;
    },
  },
);
export type LabelPolicy = z.infer<typeof LabelPolicy>;

const policyPreset = (name: PolicyPreset): LabelPolicy => LabelPolicy.parse({ name, ...POLICY_PRESETS[name] });

/** The same as people write it: a preset's name, or a policy of their own. */
export const PolicyChoice = z.preprocess(
  (value) => (POLICY_NAMES.includes(value as PolicyPreset) ? policyPreset(value as PolicyPreset) : value),
  LabelPolicy,
);

/** Observations that nobody looked for in a source, by its name in the manifest: what its files say there does not count. */
export const NotLabelled = z.record(z.string(), z.array(ObservationName).min(1));
export type NotLabelled = z.infer<typeof NotLabelled>;

/** How films are divided: by patient, or as the study did it, leaks included (lib/domain/study-protocol.ts). */
export const Protocol = z.enum(["leak-free", "published"]);
export type Protocol = z.infer<typeof Protocol>;

/** Where the test part comes from: a share of the patients drawn by hash, or the data set's own division (lib/data/given-test.ts). */
export const Division = z.enum(["drawn", "as-given"]);
export type Division = z.infer<typeof Division>;

const AS_GIVEN = Division.enum["as-given"];

/** Shares of the patients; they add up to 1. With the test part as given they are of all other patients. */
const Shares = z
  .strictObject({
    train: Share,
    tuning: Share,
    calibration: Share,
    test: z.union([Share, z.literal(AS_GIVEN)], { error: "expected a share from 0 to 1, or as-given" }),
  })
  .refine((s) => Math.abs(s.train + s.tuning + s.calibration + (s.test === AS_GIVEN ? 0 : s.test) - 1) < 1e-9, {
    message: "shares of train, tuning, calibration and test must add up to 1",
  });
export type SplitShares = z.infer<typeof Shares>;

/** The same as people write it: shares, or `as-given` alone. */
export const SplitShares = z.preprocess(
  (value) => (value === AS_GIVEN ? { train: 0.8, tuning: 0.1, calibration: 0.1, test: AS_GIVEN } : value),
  Shares,
);

export const divisionOf = ({ test }: SplitShares): Division => (test === AS_GIVEN ? AS_GIVEN : "drawn");

/** The one way from a film of any size to the network's square; training and serving share it. */
export const Geometry = z.strictObject({
  size: z.int().min(32).max(1024).default(224),
  fit: z.enum(["pad", "squeeze"]).default("pad"),
  resize: z.enum(["antialias", "bilinear", "nearest"]).default("antialias"),
});
export type Geometry = z.infer<typeof Geometry>;

/** Films behind links: those that lead to somewhere in the data folder, or anywhere on this machine. */
export const Links = z.enum(["inside", "follow"]);
export type Links = z.infer<typeof Links>;

/** What becomes of rows whose film is not there: counted as films that cannot be read, or left out of the run. */
export const Missing = z.enum(["set-aside", "leave-out"]);
export type Missing = z.infer<typeof Missing>;

/** Copies that up-sampling adds of each positive row: none, the study's factors, or a table of factors. */
export const Upsampling = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("none") }),
  z.strictObject({ kind: z.literal("published") }),
  z.strictObject({
    kind: z.literal("table"),
    factors: z.partialRecord(ObservationName, z.int().min(0).max(100)),
  }),
  z.strictObject({ kind: z.literal("auto"), targetPrevalence: Share, maxFactor: z.int().min(1).max(100).default(20) }),
]);
export type Upsampling = z.infer<typeof Upsampling>;

/** Names of the networks; lib/model/networks.ts holds a builder for each. */
export const NetworkName = z.enum(["densenet-mini", "vgg-mini", "resnet-mini", "densenet121", "vgg16", "resnet50"]);
export type NetworkName = z.infer<typeof NetworkName>;

/**
 * What is subtracted and divided by before the first layer; lib/model/normalisation.ts has the numbers. `unit` is the
 * study's `/255`; `imagenet` is what the network's own ImageNet weights were trained with.
 */
export const Normalisation = z.enum(["unit", "imagenet", "symmetric"]);
export type Normalisation = z.infer<typeof Normalisation>;

/** What convolutions compute in while training; weights, statistics and updates are float32 always. */
export const Precision = z.enum(["float32", "bfloat16"]);
export type Precision = z.infer<typeof Precision>;

export const ModelConfig = z.strictObject({
  network: NetworkName,
  channels: z.union([z.literal(1), z.literal(3)]).default(1),
  headWidth: z.int().min(8).max(4096).default(1024),
  normalisation: Normalisation.default("symmetric"),
  trainable: z.enum(["full", "head"]).default("full"),
  weights: z
    .strictObject({
      from: z
        .union([z.enum(["none", "imagenet"]), Sha256])
        .default("none")
        .describe("what training starts from: nothing, Keras's ImageNet weights, or the SHA-256 of an imported file"),
    })
    .prefault({}),
});
export type ModelConfig = z.infer<typeof ModelConfig>;

/** Bounds on what a step does to its films, either way (lib/training/augment.ts). */
const Augment = z.strictObject({
  rotation: z.number().min(0).max(45).default(0).describe("largest turn either way, in degrees"),
  scale: z.number().min(0).max(0.5).default(0).describe("largest change of size, as a share"),
  shift: Share.default(0).describe("largest shift, as a share of the side"),
  contrast: Share.default(0).describe("largest change of contrast, as a share"),
});

/** Share that a running mean keeps at each step; at 1 nothing new would ever count. */
const Decay = z.number().min(0).lt(1);

/** What members of one run may differ in. */
const VARIED = {
  epochs: z.int().min(1).max(1000),
  batchSize: z.int().min(1).max(1024),
  learningRate: z.number().positive().max(1),
  schedule: z.enum(["constant", "cosine"]),
  warmupSteps: z.int().min(0),
  weightDecay: z.number().min(0),
  positiveWeights: z
    .partialRecord(ObservationName, z.number().positive().max(100))
    .describe("how many times a positive label counts in the loss, by observation; 1 where none is given"),
  movingAverage: Decay.describe("decay of the moving average of weights; 0 is off"),
  augment: Augment,
  precision: Precision.describe(
    "of the network's body in a training step; bfloat16 asks for a processor with AVX512-BF16 or AMX, or a GPU",
  ),
};

export const TrainingConfig = z
  .strictObject({
    epochs: VARIED.epochs.default(3),
    batchSize: VARIED.batchSize.default(32),
    learningRate: VARIED.learningRate.default(1e-4),
    schedule: VARIED.schedule.default("constant"),
    warmupSteps: VARIED.warmupSteps.default(0),
    adam: z
      .strictObject({
        beta1: Decay.default(0.9),
        beta2: Decay.default(0.999),
        epsilon: z.number().positive().default(1e-7),
      })
      .prefault({}),
    weightDecay: VARIED.weightDecay.default(0),
    positiveWeights: VARIED.positiveWeights.default({}),
    movingAverage: VARIED.movingAverage.default(0),
    augment: Augment.prefault({}),
    precision: VARIED.precision.default("float32"),
    seeds: z.array(z.int().min(0)).min(1).max(100).default([1]).describe("one ensemble member a seed"),
    sweep: z
      .array(z.strictObject(VARIED).partial())
      .default([])
      .describe(
        "what each member has otherwise than the rest of training says, in the order of seeds; none, or one a seed",
      ),
    checkpointEverySteps: z.int().min(1).default(200),
    select: z
      .enum(["auroc", "loss", "last"])
      .default("auroc")
      .describe("epoch whose weights are kept: of the best mean AUROC or loss on the tuning patients, or the last"),
    leastOfEachClass: z
      .int()
      .min(1)
      .default(10)
      .describe(
        "positive and negative tuning films that an observation needs to count in that mean AUROC; where none has them, the loss selects",
      ),
    patience: z.int().min(0).default(0).describe("epochs without a better one before stopping; 0 is off"),
  })
  .refine(({ select, patience }) => select !== "last" || patience === 0, {
    path: ["patience"],
    message: "no epoch is better than the last where select is last; expected 0",
  })
  .refine(({ seeds, sweep }) => sweep.length === 0 || sweep.length === seeds.length, {
    path: ["sweep"],
    message: "expected as many entries as training.seeds, or none",
  });
export type TrainingConfig = z.infer<typeof TrainingConfig>;

/** How thresholds are chosen on the tuning patients; see lib/domain/operating-point.ts. */
export const OperatingPointRule = z.union([
  z.enum(["max-f1", "youden", "fixed-0.5"]),
  z.strictObject({ sensitivity: z.number().gt(0).max(1).describe("to reach, with the highest specificity") }),
  z.strictObject({ specificity: Share.describe("to reach, with the highest sensitivity") }),
]);
export type OperatingPointRule = z.infer<typeof OperatingPointRule>;

/** How raw probabilities become calibrated ones; see lib/domain/calibration.ts. */
export const CalibrationMethod = z.enum(["platt", "isotonic", "none"]);
export type CalibrationMethod = z.infer<typeof CalibrationMethod>;

export const GateConfig = z.strictObject({
  margin: Share.default(0.01).describe("a candidate may be worse than champion and anchor by this mean AUROC at most"),
  observationMargin: Share.default(0.05).describe("and by this AUROC of each observation that either claims"),
  sensitivityMargin: Share.default(0.1).describe("and by this sensitivity of each, at the served operating points"),
  widestMargin: z
    .number()
    .min(1)
    .max(10)
    .default(4)
    .describe("how many times those two are widened at most where films are too few to tell; 1: never"),
  confidence: Share.default(0.95),
  minMeanAuroc: Share.default(0.5),
  minAuroc: z.partialRecord(ObservationName, Share).default({}),
  maxCalibrationError: Share.default(0.1).describe(
    "of the mean over the observations with films enough to tell, beyond what chance explains",
  ),
  maxSubgroupGap: Share.default(0.2).describe(
    "in AUROC, between groups that can be compared, beyond what chance explains, against a champion",
  ),
  bootstrap: z.int().min(50).max(10_000).default(500),
});
export type GateConfig = z.infer<typeof GateConfig>;

/** Names that presets had before, and what they are called now. */
export const RENAMED_PRESETS: ReadonlyMap<string, string> = new Map([["recommended", "densenet121-ensemble"]]);

/**
 * Everything that decides a run besides its data. Presets are files of this schema; unknown keys are errors.
 */
export const RunConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/, "expected lower case letters, digits and dashes"),
  description: z.string().default(""),
  seed: z.int().min(0).default(1),
  views: z
    .array(z.enum(["frontal", "lateral"]))
    .min(1)
    .default(["frontal"]),
  policy: PolicyChoice.prefault({}),
  notLabelled: NotLabelled.default({}).describe(
    "observations whose labels do not count in a source, besides those that it never labels",
  ),
  protocol: Protocol.default("leak-free"),
  /** Under the published protocol, which has its own shares, of no effect. */
  split: SplitShares.default({ train: 0.7, tuning: 0.1, calibration: 0.1, test: 0.1 }),
  data: z
    .strictObject({
      links: Links.default("inside").describe(
        "films behind links: `inside` reads those that lie in the data folder, `follow` any file that a link leads to; follow links only where you know who made them",
      ),
      missing: Missing.default("set-aside").describe(
        "rows whose film is not there: `set-aside` takes them for unreadable films, of which `prepare.maxSetAsideShare` may be; `leave-out` makes the run of the films that are there, its split, test set and shares too",
      ),
      readerShare: Share.default(0.05).describe(
        "of a part's rows that one reader's films may be, where readers sent some to the service; rows beyond are left out. 1 takes all: only where you know every reader, as on a machine of your own",
      ),
      columns: ColumnMapping.optional(),
    })
    .prefault({}),
  geometry: Geometry.prefault({}),
  prepare: z
    .strictObject({
      rowsPerPart: z.int().min(1).max(100_000).default(4096).describe("rows of one array member and one shard"),
      maxSetAsideShare: Share.default(0.05).describe("share of films that may be unreadable before the run fails"),
    })
    .prefault({}),
  upsampling: Upsampling.default({ kind: "none" }),
  model: ModelConfig,
  training: TrainingConfig.prefault({}),
  evaluation: z
    .strictObject({
      operatingPoint: OperatingPointRule.default("max-f1"),
      calibration: CalibrationMethod.default("platt"),
      bootstrap: z
        .int()
        .min(0)
        .max(10_000)
        .optional()
        .describe(
          "of no effect: intervals are calculated without resampling; kept so that earlier requests can be read",
        ),
    })
    .prefault({}),
  gate: GateConfig.prefault({}),
});
export type RunConfig = z.infer<typeof RunConfig>;
