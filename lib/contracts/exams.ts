import * as z from "zod";
import { LEFT_OUT } from "../domain/exam-films.ts";
import { recordOf } from "../domain/record-of.ts";
import { VersionId } from "./model-version.ts";
import { schemaName } from "./primitives.ts";

const Count = z.int().min(0);

/** Films that two models answered: the test films of one of them, less those that either was fitted on. */
export const ExamRecord = z.strictObject({
  of: z.enum(["candidate", "reference"]).describe("whose test films they are"),
  /** Table in the room `runs` (lib/evaluation/exams/exam-table.ts). */
  key: z.string(),
  films: Count,
  patients: Count,
  leftOut: z.strictObject(recordOf(LEFT_OUT, () => Count)),
});
export type ExamRecord = z.infer<typeof ExamRecord>;

/** What an evaluation leaves for the gate: its own test films' answers, and the exams beside each model in use. */
export const Exams = z.strictObject({
  schema: schemaName("hilum.exams/1"),
  /** Table of the run's own test films, labels under its policy. */
  own: z.string(),
  readersOnly: z.boolean().describe("whether its test films are all readers' own"),
  references: z.array(
    z.strictObject({
      version: VersionId,
      exams: z.union([z.array(ExamRecord).min(1), z.string().describe("why none could be held")]),
    }),
  ),
});
export type Exams = z.infer<typeof Exams>;
