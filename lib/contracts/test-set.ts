import * as z from "zod";
import { schemaName } from "./primitives.ts";

/**
 * The films on which models of one data folder are compared. Pinned by the folder's first run; its patients are in the
 * test part of every later run, and never in another.
 */
export const TestSet = z.strictObject({
  schema: schemaName("hilum.test-set/1"),
  /** First 16 hexadecimal digits of the hash over films and patients. */
  version: z.string().regex(/^[0-9a-f]{16}$/),
  /** As patientKey in lib/domain/split.ts spells them. */
  patients: z.array(z.string()),
  /** Paths as the CSV files have them. */
  films: z.array(z.string()),
});
export type TestSet = z.infer<typeof TestSet>;
