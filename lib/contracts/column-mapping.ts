import * as z from "zod";
import { ObservationName } from "./primitives.ts";

/** Beside the CSV files whose columns it names. */
export const COLUMNS_FILE = "hilum.columns.json";

const Column = z.string().min(1);

/** A column that names what was found. */
const ListedColumn = z.strictObject({
  column: Column,
  separator: z.string().min(1).optional().describe("between labels; any of | ; , and / where left out"),
  means: z.record(z.string(), ObservationName).default({}).describe("observations by the words that stand for them"),
});
export type ListedColumn = z.infer<typeof ListedColumn>;

/** What the columns of somebody's own table are: by name, whatever their case, spaces and signs. */
export const ColumnMapping = z
  .strictObject({
    path: Column.describe("the film, by its path or its name"),
    patient: Column.optional(),
    study: Column.optional(),
    view: Column.optional().describe("PA, AP, frontal, lateral and the like; frontal where left out"),
    sex: Column.optional(),
    age: Column.optional().describe("in years"),
    date: Column.optional().describe("of the study, where no column names it"),
    split: Column.optional().describe("train, valid or test, as `split: as-given` takes them"),
    reader: Column.optional().describe(
      "who labelled the film, where each of several did so in a row of his own: what most say counts, and -1 where as many say the other",
    ),
    observations: z
      .partialRecord(ObservationName, Column)
      .optional()
      .describe("a column each, of 1, 0, -1, NA, blank, or words such as yes and no"),
    labels: z
      .union([Column.transform((column): ListedColumn => ({ column, means: {} })), ListedColumn])
      .optional()
      .describe("one column with the names of what was found: several in a cell, or a row each"),
  })
  .refine(({ observations, labels }) => (observations === undefined) !== (labels === undefined), {
    message: "expected either observations, a column each, or labels, one column with their names",
  });
export type ColumnMapping = z.infer<typeof ColumnMapping>;
