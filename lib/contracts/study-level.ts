import * as z from "zod";
import { STUDY_RULES } from "../domain/study-scores.ts";
import { ObservationName } from "./primitives.ts";

const Auroc = z.strictObject({
  auroc: z.number().nullable().describe("null where it is not defined"),
  aurocInterval: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe("95 % interval by resampling patients; null without resamples or where too few define it"),
});

/** Films taken together by study, the way in which CheXpert is judged (lib/domain/study-scores.ts). */
export const StudyLevel = z.strictObject({
  studies: z.int().min(0),
  films: z.int().min(0),
  perObservation: z.partialRecord(
    ObservationName,
    z.strictObject({
      studies: z.int().min(0).describe("whose label is not masked; that of any film that is positive"),
      positives: z.int().min(0),
      mean: Auroc.describe("of the mean of the films' probabilities"),
      max: Auroc.describe("of the highest of them"),
    }),
  ),
  /** Mean AUROC over the five observations of CheXpert's leaderboard; null unless all five are defined. */
  leaderboard: z.strictObject({
    film: Auroc,
    ...(Object.fromEntries(STUDY_RULES.map((rule) => [rule, Auroc])) as Record<"mean" | "max", typeof Auroc>),
  }),
});
export type StudyLevel = z.infer<typeof StudyLevel>;
