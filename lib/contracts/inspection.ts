import * as z from "zod";
import { Leakage } from "./leakage.ts";
import { LabelCounts } from "./plan.ts";
import { ObservationName, perObservation, schemaName } from "./primitives.ts";
import { ReadersTable } from "./readers.ts";
import { Division, LabelPolicy, NotLabelled, Protocol, Upsampling } from "./run-config.ts";

const Count = z.int().min(0);
const Counts = z.record(z.string(), Count);
const Prevalence = z
  .number()
  .nullable()
  .describe("share of positives among the labels that count; null where none does");

const InspectedPart = z.strictObject({ rows: Count, patients: Count });
const Parts = z.strictObject({
  train: InspectedPart,
  tuning: InspectedPart,
  calibration: InspectedPart,
  test: InspectedPart,
});

/** One observation over the rows that are used. */
export const InspectedObservation = z.strictObject({
  labels: LabelCounts.describe("before the policy; notLabelled: nobody looked for it"),
  positives: Count.describe("under the policy"),
  negatives: Count.describe("under the policy"),
  ignored: Count.describe("under the policy: left out of loss and metrics"),
  factor: Count.describe("copies that up-sampling makes of a positive row"),
  prevalenceBefore: Prevalence,
  prevalenceAfter: Prevalence,
});
export type InspectedObservation = z.infer<typeof InspectedObservation>;

/** What a data folder's files were taken for. */
export const UnderstoodFolder = z.strictObject({
  forms: z.array(
    z.strictObject({
      file: z.string(),
      form: z.string().describe("a published data set's, or a plain table"),
      columns: z
        .record(z.string(), z.string())
        .describe("of a plain table, the file's own columns by what they are read as"),
    }),
  ),
  films: z.strictObject({ there: Count, missing: Count }).describe("of the rows whose views count"),
  ownPatients: Count.describe("films that name no patient, each of which counts as one of its own"),
  beside: z.array(z.string()).describe("boxes, lists of the data set's division, what columns mean"),
  passedOver: z.array(z.string()).describe("tables that are not read"),
});
export type UnderstoodFolder = z.infer<typeof UnderstoodFolder>;

/** What `hilum inspect` says of CSV files, no film being touched. */
export const Inspection = z.strictObject({
  schema: schemaName("hilum.inspection/1"),
  files: z.array(z.strictObject({ file: z.string(), rows: Count })),
  folder: UnderstoodFolder.optional().describe("where a folder was inspected"),
  rows: z.strictObject({
    read: Count,
    used: Count,
    leftOut: Counts.describe("by reason"),
    unlabelled: Count.describe("rows that are used and have none of the 14 labels"),
  }),
  patients: Count.describe("of the rows that are used"),
  policy: LabelPolicy,
  notLabelled: NotLabelled.describe("observations by source that were named as not labelled, besides those found so"),
  protocol: Protocol,
  division: Division.describe("where the test part comes from"),
  salt: z.string().nullable(),
  upsampling: z.strictObject({
    rule: Upsampling,
    rowsBefore: Count.describe("training rows, or all rows where up-sampling comes before the split"),
    rowsAfter: Count,
  }),
  split: Parts.describe("before up-sampling; under the published protocol as it is without"),
  splitAfterUpsampling: Parts,
  leakage: Leakage,
  readers: ReadersTable.nullable().describe("who taught what; null where no reader sent any film"),
  observations: z.record(ObservationName, InspectedObservation),
  correlation: perObservation(perObservation(z.number().nullable())).describe(
    "Pearson's r of the positives of each two observations, over the rows where both count; null where one never varies",
  ),
  alsoPositive: perObservation(perObservation(z.number().nullable())).describe(
    "what an added row does to the other 13: of the rows to up-sample that are positive for one, the share that is positive for each, where it counts",
  ),
  subjects: z.strictObject({
    source: Counts.describe("by the source's name, as notLabelled has it"),
    sex: Counts,
    age: Counts.describe("by decade; `unknown` where the cell is blank"),
    view: Counts.describe("of all rows that were read, by view and projection"),
  }),
});
export type Inspection = z.infer<typeof Inspection>;
