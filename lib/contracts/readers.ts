import * as z from "zod";
import { ReaderName } from "./feedback.ts";
import { perObservation, Share } from "./primitives.ts";

const Count = z.int().min(0);

/** Films that readers sent, before they are divided into parts. */
export const ReadersFound = z.strictObject({
  readers: Count,
  rows: Count.describe("that a run may use"),
  beyondShare: Count.describe("of one reader beyond his share, as if all rows were one part; the plan says exactly"),
  alone: z.boolean().describe("whether there are no other films"),
});
export type ReadersFound = z.infer<typeof ReadersFound>;

/** What one reader's films are to a run. */
export const ReaderRows = z.strictObject({
  reader: ReaderName,
  rows: Count.describe("that are used"),
  train: Count.describe("of them in the training part"),
  leftOut: Count.describe("beyond the share that a reader may have"),
  positives: perObservation(Count).describe("of the rows that are used, as the reader labelled them"),
});
export type ReaderRows = z.infer<typeof ReaderRows>;

/** Who taught what: films that readers sent to the service, by reader. */
export const ReadersTable = z.strictObject({
  share: Share.describe("that one reader may have of a part's rows (data.readerShare)"),
  alone: z
    .boolean()
    .describe("whether there are no other films, so that the share is of nothing and no row is left out"),
  readers: z.array(ReaderRows).min(1).describe("the one with most rows first"),
});
export type ReadersTable = z.infer<typeof ReadersTable>;
