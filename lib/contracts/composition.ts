import * as z from "zod";
import { PARTS } from "../domain/parts.ts";

const Count = z.int().min(0);
const Counts = z.record(z.string(), Count);

/** Whose films each part of a run's data holds; lib/domain/composition.ts says how they are counted. */
export const Composition = z.record(
  z.enum(PARTS),
  z.strictObject({
    films: Count,
    patients: Count,
    sex: Counts,
    age: z.strictObject({ known: Count, mean: z.number().nullable(), deviation: z.number().nullable() }),
    projection: Counts,
    source: Counts,
  }),
);
