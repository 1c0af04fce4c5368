import * as z from "zod";
import { CardStatements } from "./card-statements.ts";
import { perObservation, Sha256, schemaName } from "./primitives.ts";
import { Provenance } from "./provenance.ts";
import { ReadersFound } from "./readers.ts";
import { RunId } from "./run.ts";

/** What the CSV files of a data set hold, counted after every row has been found right. */
export const Validation = z.strictObject({
  schema: schemaName("hilum.validation/1"),
  run: RunId,
  fingerprint: Sha256,
  files: z.array(z.strictObject({ file: z.string(), rows: z.int().min(0) })),
  rows: z.int().min(0),
  /** Films of the rows whose views count; missing in documents from before they were looked for. */
  films: z.strictObject({ there: z.int().min(0), missing: z.int().min(0) }).optional(),
  patients: z.int().min(0),
  studies: z.int().min(0),
  views: z.strictObject({ frontal: z.int().min(0), lateral: z.int().min(0) }),
  /** Rows that repeat an earlier row's film with the same labels; left out of every run. */
  duplicates: z.int().min(0),
  /** Rows with none of the 14 labels. */
  unlabelled: z.int().min(0),
  /** Labels that nobody looked for, those that the configuration names included; neither negative nor blank. */
  notLabelled: perObservation(z.int().min(0)).optional(),
  boxes: z.int().min(0),
  /** Boxes of films that no row names, and of findings that are none of the 14 observations. */
  boxesLeftOut: z.int().min(0).optional(),
  /** Tables in the folder that are not read. */
  passedOver: z.array(z.string()).optional(),
  /** Missing where no reader sent any film. */
  readers: ReadersFound.optional(),
  /** Missing in documents from before it was recorded, as in plan and model version. */
  provenance: Provenance.optional(),
  statements: CardStatements.optional(),
});
export type Validation = z.infer<typeof Validation>;
