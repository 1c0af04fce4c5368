import * as z from "zod";
import { recordOf } from "../domain/record-of.ts";
import { STUDY_RULES } from "../domain/study-scores.ts";
import { ObservationName } from "./primitives.ts";

const StudyAuroc = z.strictObject({
  auroc: z.number().nullable().describe("null where it is not defined"),
  aurocInterval: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe("95 %, a patient's films taken together; null where the AUROC is not defined"),
});
export type StudyAuroc = z.infer<typeof StudyAuroc>;

/** Films taken together by study, the way in which CheXpert is judged (lib/domain/study-scores.ts). */
export const StudyLevel = z.strictObject({
  studies: z.int().min(0),
  films: z.int().min(0),
  perObservation: z.partialRecord(
    ObservationName,
    z.strictObject({
      studies: z.int().min(0).describe("whose label is not masked; that of any film that is positive"),
      positives: z.int().min(0),
      mean: StudyAuroc.describe("of the mean of the films' probabilities"),
      max: StudyAuroc.describe("of the highest of them"),
    }),
  ),
  /** Mean AUROC over the five observations of CheXpert's leaderboard; null unless all five are defined. */
  leaderboard: z.strictObject({
    film: StudyAuroc,
    ...recordOf(STUDY_RULES, () => StudyAuroc),
  }),
});
export type StudyLevel = z.infer<typeof StudyLevel>;
