import * as z from "zod";
import { SOURCE_KINDS } from "../domain/provenance.ts";

/** Name of the file that says beside CSV files where their films come from. */
export const DATASET_FILE = "hilum.dataset.json";

const Words = z.string().trim().min(1).max(2000);

/** One source of a run's films. What is left out is shown as not stated. */
export const Source = z.strictObject({
  name: Words,
  kind: z.enum(SOURCE_KINDS),
  source: Words.optional().describe("a URL, or where the films come from in words"),
  licence: Words.optional(),
  labeller: Words.optional().describe("who or what made the labels, such as a program that reads reports, or readers"),
  referenceStandard: Words.optional().describe("what the labels are held to be true by"),
  dates: Words.optional().describe("when the films were taken"),
});
export type Source = z.infer<typeof Source>;

/** Every source of a run's films, in the order of its rows. */
export const Provenance = z.array(Source);
export type Provenance = z.infer<typeof Provenance>;

/** One source as that file has it. */
export const DescribedSource = Source.extend({
  folder: Words.optional().describe("first folders of the paths that it is about; all paths where left out"),
});
export type DescribedSource = z.infer<typeof DescribedSource>;

/** The same file where rows beside it are of several sources. */
export const DescribedSources = z.array(DescribedSource).min(1);
