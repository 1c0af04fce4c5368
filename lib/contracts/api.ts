import * as z from "zod";
import { OBSERVATIONS } from "../domain/observations.ts";
import { DATA_KINDS } from "../domain/provenance.ts";
import { PROBLEMS_IN_WORDS, WARNINGS_IN_WORDS } from "./codes.ts";
import { ObservationStatus, OutOfDistribution } from "./model-version.ts";
import { Instant, ObservationName, perObservation, Sha256, Share } from "./primitives.ts";
import { Source } from "./provenance.ts";

/**
 * Version 1 of the HTTP API: what is asked and answered. `id` in a schema's metadata is its name in the OpenAPI
 * document, which functions/api makes from these. Places on a film are in its own pixels, from its upper left corner.
 */

/** Said beside every result. */
export const NOTICE = "not for clinical use";

/** Which heat maps to make: none, that of the likeliest observation (lib/inference/findings.ts), all, or some by name. */
export const ExplainChoice = z
  .string()
  .default("none")
  .transform((text) => text.split(",").map((name) => name.trim()))
  .pipe(
    z.union([z.tuple([z.enum(["none", "top", "all"])]), z.array(ObservationName).min(1)], {
      error: "expected none, top, all, or names of observations with commas between them",
    }),
  )
  .meta({
    description:
      "whose heat maps: `none`; `top`, the observation with the highest probability, No Finding aside; `all`; or names of observations with commas between them",
    example: "top",
  });
export type ExplainChoice = z.infer<typeof ExplainChoice>;

export const Place = z
  .strictObject({ x: z.number(), y: z.number() })
  .meta({ id: "Place", description: "Film pixels, from the film's upper left corner." });

export const Rectangle = z
  .strictObject({ x: z.number(), y: z.number(), width: z.number().min(0), height: z.number().min(0) })
  .meta({ id: "Rectangle", description: "Film pixels, from the film's upper left corner." });
export type Rectangle = z.infer<typeof Rectangle>;

export const HeatMap = z
  .strictObject({
    rows: z.int().min(1),
    columns: z.int().min(1),
    values: z.array(Share).describe("row by row, relative to the map's maximum"),
    /** What the grid covers; it reaches beyond the film where the film was padded to a square. */
    area: Rectangle,
    peak: Place.describe("middle of the hottest place"),
    /** The hottest region: what is at least half as hot as the peak and joined to it. */
    box: Rectangle,
  })
  .meta({
    id: "HeatMap",
    description:
      "Grad-CAM of one observation; left out where not asked for, null where no region stands out or the observation was not learned. `area` is what the grid covers, beyond the film where that was padded to a square; `box` holds what is at least half as hot as the peak and joined to it.",
  });
export type HeatMap = z.infer<typeof HeatMap>;

export const Decision = z.enum(["above-threshold", "below-threshold"]);
export type Decision = z.infer<typeof Decision>;

/** Why there is no decision. */
export const Withheld = z.enum(["not-learned", "out-of-distribution"]);

const STATUS_MEANING =
  "`not-learned`: no positive or no negative of it among the training films, and the model says nothing of it; `not-claimed`: learned, but tested on too few films to say how well";

export const Finding = z
  .strictObject({
    observation: ObservationName,
    status: ObservationStatus.describe(STATUS_MEANING),
    probability: Share.nullable().describe("calibrated; null where not learned"),
    threshold: Share.nullable().describe("operating point of this model version; null where not learned"),
    decision: Decision.nullable().describe("whether the probability reaches the threshold; null where withheld"),
    withheld: Withheld.nullable().describe("why there is no decision; null where there is one"),
    /** Left out where not asked for; null where no region stands out, or the observation was not learned. */
    map: z.union([HeatMap, z.null()]).optional(),
  })
  .meta({ id: "Finding" });
export type Finding = z.infer<typeof Finding>;

export const FilmFacts = z
  .strictObject({
    width: z.int().min(1),
    height: z.int().min(1),
    format: z.string().meta({ example: "png" }),
    bitDepth: z.int().min(1).max(32),
    view: z
      .string()
      .nullable()
      .meta({ description: "As the file names it, such as PA, AP or LATERAL.", example: "PA" }),
  })
  .meta({ id: "Film", description: "The film as it was read; turned upright where the file says how." });
export type FilmFacts = z.infer<typeof FilmFacts>;

export const Warning = z
  .strictObject({
    code: z.string().meta({ example: "low-contrast", description: WARNINGS_IN_WORDS }),
    message: z.string(),
  })
  .meta({
    id: "Warning",
    description:
      "What to know of the film or of the answer. With `out-of-distribution` no decision is given; with every other code the answer stands, with caution: `contradictory-findings`, for one, says that No Finding and a finding are both above their thresholds.",
  });
export type Warning = z.infer<typeof Warning>;

export const ModelIdentity = z
  .strictObject({
    name: z.string(),
    version: z.string().meta({ example: "0123456789abcdef" }),
    sha256: Sha256.describe("of the version's files and settings; the version is its first 16 digits"),
  })
  .meta({ id: "ModelIdentity", description: "Which model answered, so that it can be found again and checked." });
export type ModelIdentity = z.infer<typeof ModelIdentity>;

export const Prediction = z
  .strictObject({
    id: z.uuid(),
    model: ModelIdentity,
    film: FilmFacts,
    outOfDistribution: z
      .boolean()
      .nullable()
      .describe(
        "whether the film is unlike those that the model learned from, so that no decision is given; null where the model has no check for it",
      ),
    findings: z.array(Finding).length(OBSERVATIONS.length).describe("in the order of CheXpert's columns"),
    warnings: z.array(Warning),
    notice: z.literal(NOTICE),
  })
  .meta({ id: "Prediction" });
export type Prediction = z.infer<typeof Prediction>;

/** Problem details (RFC 9457); `code` is stable, for programs. */
export const Problem = z
  .strictObject({
    type: z.string().meta({ example: "about:blank" }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string().meta({ example: "unsupported-media", description: PROBLEMS_IN_WORDS }),
    requestId: z.string(),
    limit: z.int().optional().describe("the limit that was passed, in bytes, pixels or films"),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

/** One film of several: answered, or refused for its own reason. */
export const BatchResult = z
  .strictObject({
    index: z.int().min(0).describe("place of the film in the request, from 0"),
    prediction: Prediction.optional(),
    problem: Problem.optional(),
  })
  .meta({ id: "BatchResult", description: "Has either a prediction or a problem." });

export const BatchPrediction = z
  .strictObject({ results: z.array(BatchResult).describe("in the order of the films") })
  .meta({ id: "BatchPrediction" });
export type BatchPrediction = z.infer<typeof BatchPrediction>;

export const PICTURE_STYLES = ["overlay", "map", "film"] as const;
export const PictureStyle = z.enum(PICTURE_STYLES);
export type PictureStyle = z.infer<typeof PictureStyle>;

export const HEAT_COLOURS = ["inferno", "jet"] as const;
export const HeatColours = z.enum(HEAT_COLOURS);
export type HeatColours = z.infer<typeof HeatColours>;

/** Whether a map is left blank: `never`, or where the observation's probability lies below its threshold. */
export const BlankMaps = z.enum(["never", "below-threshold"]);

/** Query of `POST /v1/explanations`. */
export const ExplanationQuery = z
  .strictObject({
    observation: ObservationName.optional().meta({ description: "needed for the styles `overlay` and `map`" }),
    style: PictureStyle.default("overlay").meta({
      description: "the film with the map over it, the map alone (transparent where cold), or the film alone",
    }),
    colours: HeatColours.default("inferno"),
    opacity: z.coerce.number().min(0).max(1).default(0.5),
    blank: BlankMaps.default("never").meta({
      description: "leaves the map out where the observation's probability lies below its threshold",
    }),
  })
  .refine((query) => query.style === "film" || query.observation !== undefined, {
    path: ["observation"],
    message: "expected the name of an observation",
  });
export type ExplanationQuery = z.infer<typeof ExplanationQuery>;

/** Films that a service or a call is set to refuse instead of answering without a decision. */
export const REFUSALS = ["out-of-distribution"] as const;
export type Refusal = (typeof REFUSALS)[number];

/** Query of `POST /v1/predictions`. */
export const PredictionQuery = z.strictObject({ explain: ExplainChoice });

export const ModelData = z
  .strictObject({
    kind: z.enum(DATA_KINDS).describe("`phantom` where any source is drawn, `films` where all are films of patients"),
    sources: z.array(Source).describe("where the films come from; empty for versions from before it was recorded"),
    caution: z.string().nullable().describe("what to say beside every answer of such a model"),
  })
  .meta({ id: "ModelData", description: "What a model learned from." });
export type ModelData = z.infer<typeof ModelData>;

const ModelFigures = z.strictObject({
  status: ObservationStatus.describe(STATUS_MEANING),
  auroc: z.number().nullable(),
  sensitivity: z.number().nullable().describe("at the operating point"),
  specificity: z.number().nullable().describe("at the operating point"),
  positives: z.int().min(0).describe("test films with it"),
  negatives: z.int().min(0).describe("test films without it"),
});

const Rates = perObservation(z.array(z.number().nullable()));

export const OperatingCurve = z
  .strictObject({ thresholds: z.array(Share), sensitivity: Rates, specificity: Rates })
  .meta({
    id: "OperatingCurve",
    description:
      "Sensitivity and specificity measured on the test patients at each of the thresholds, per observation.",
  });
export type OperatingCurve = z.infer<typeof OperatingCurve>;

/** A model version: what it is, what it learned from, what it is not for, how well it did and on whom. */
export const ModelDetails = z
  .strictObject({
    ...ModelIdentity.shape,
    description: z.string(),
    intendedUse: z.array(z.string()),
    limits: z.array(z.string()),
    statements: z
      .array(z.strictObject({ item: z.string(), text: z.string().nullable() }))
      .describe("what only its makers can say; null where they have not"),
    createdAt: Instant,
    data: ModelData,
    network: z.string(),
    inputSize: z.int(),
    operatingPoint: z.string(),
    labels: perObservation(ObservationName),
    thresholds: perObservation(Share.nullable()).describe("null where not learned"),
    statuses: perObservation(ObservationStatus).describe(STATUS_MEANING),
    outOfDistribution: OutOfDistribution.describe(
      "how films are told that are unlike the training films: the largest distance that is none, and how many of the test films lie beyond it; null where the model has no check",
    ),
    trainedOn: z.strictObject({
      run: z.string().describe("the run that made it"),
      films: z.int(),
      patients: z.int(),
      dataset: Sha256,
      members: z.int(),
      prevalence: perObservation(z.number().nullable()),
    }),
    labelPolicy: z.strictObject({ uncertain: z.string(), blank: z.string() }),
    protocol: z.string(),
    tensorflow: z.string(),
    files: z.array(z.strictObject({ path: z.string(), bytes: z.int(), sha256: Sha256 })),
    evaluation: z
      .strictObject({
        films: z.int(),
        patients: z.int(),
        meanAuroc: z.number().nullable(),
        meanAurocInterval: z.array(z.number()).length(2).nullable(),
        perObservation: perObservation(ModelFigures.nullable()),
        operatingCurve: OperatingCurve,
      })
      .nullable()
      .describe("null where the version was never evaluated"),
    notice: z.literal(NOTICE),
  })
  .meta({ id: "ModelDetails" });
export type ModelDetails = z.infer<typeof ModelDetails>;

export const ServiceLimits = z
  .strictObject({
    filmBytes: z.int().describe("largest film in a request"),
    uploadBytes: z.int().describe("largest film that is uploaded beforehand"),
    batchFilms: z.int().describe("most films in one request"),
    batchBytes: z.int().describe("most bytes of all films in one request"),
  })
  .meta({ id: "ServiceLimits" });

export const ModelList = z
  .strictObject({
    loaded: ModelIdentity.describe("what answers now"),
    data: ModelData.describe("what that one learned from"),
    channels: z
      .strictObject({
        production: z.string().nullable(),
        previous: z.string().nullable(),
        candidate: z.string().nullable(),
      })
      .nullable(),
    limits: ServiceLimits,
    offers: z
      .strictObject({ uploads: z.boolean(), feedback: z.boolean(), runs: z.boolean() })
      .describe(
        "whether films can be uploaded beforehand, readers' labels are taken, and `/runs` shows how models were made",
      ),
  })
  .meta({ id: "ModelList" });
export type ModelList = z.infer<typeof ModelList>;

export const SampleList = z
  .strictObject({
    samples: z.array(z.strictObject({ name: z.string(), title: z.string(), width: z.int(), height: z.int() })),
  })
  .meta({ id: "SampleList", description: "Generated films to try the service with; no patient's." });
export type SampleList = z.infer<typeof SampleList>;

export const Health = z
  .strictObject({ status: z.enum(["live", "ready"]), model: z.string().nullable() })
  .meta({ id: "Health" });
