import * as z from "zod";
import { schemaName } from "./primitives.ts";

/**
 * The patients whom models of one data folder are tested on. Pinned by the folder's first run; they are in the test part of
 * every later run, and never in another.
 */
const PinnedTestSet = z.strictObject({
  schema: schemaName("hilum.test-set/2"),
  /** First 16 hexadecimal digits of the hash over the patients. */
  version: z.string().regex(/^[0-9a-f]{16}$/),
  /** As patientKey in lib/domain/split.ts spells them. */
  patients: z.array(z.string()),
});

/** The first edition listed films by path, which two sources may share; whose they are is what counts. */
const FirstEdition = z.object({
  schema: schemaName("hilum.test-set/1"),
  version: z.string(),
  patients: z.array(z.string()),
});

export const TestSet = z.preprocess((value) => {
  const first = FirstEdition.safeParse(value);
  return first.success ? { ...first.data, schema: "hilum.test-set/2" } : value;
}, PinnedTestSet);
export type TestSet = z.infer<typeof PinnedTestSet>;
