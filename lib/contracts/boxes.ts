import * as z from "zod";
import { ObservationName, schemaName } from "./primitives.ts";

/** A rectangle that a reader drew around a finding, in pixels from the film's upper left corner as it is seen. */
export const FindingBox = z.strictObject({
  /** Row of the manifest. */
  row: z.int().min(0),
  observation: ObservationName,
  x: z.number(),
  y: z.number(),
  width: z.number().positive(),
  height: z.number().positive(),
  /** Size of the film that the pixels are of, whatever size it has here; its own where left out. */
  of: z.strictObject({ width: z.number().positive(), height: z.number().positive() }).optional(),
});
export type FindingBox = z.infer<typeof FindingBox>;

export const FindingBoxes = z.strictObject({
  schema: schemaName("hilum.boxes/1"),
  boxes: z.array(FindingBox),
});
export type FindingBoxes = z.infer<typeof FindingBoxes>;
