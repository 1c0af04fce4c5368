import * as z from "zod";
import { Instant, Sha256, schemaName } from "./primitives.ts";
import { NetworkName } from "./run-config.ts";

/** Weights that were brought into a store from a file of Keras's. */
export const ImportedWeights = z.strictObject({
  schema: schemaName("hilum.imported-weights/1"),
  /** Of the file that was imported, and the name by which a configuration asks for it. */
  sha256: Sha256,
  md5: z.string().regex(/^[0-9a-f]{32}$/),
  /** Name or address of that file. */
  source: z.string(),
  /** Whether it is the file that Keras publishes, by its MD5. */
  imagenet: z.boolean(),
  network: NetworkName,
  channels: z.union([z.literal(1), z.literal(3)]),
  headWidth: z.int().min(1).nullable().describe("null: a backbone alone"),
  importedAt: Instant,
  /** The weights as safetensors, under our names. */
  file: z.strictObject({ key: z.string(), bytes: z.int().min(1), sha256: Sha256 }),
});
export type ImportedWeights = z.infer<typeof ImportedWeights>;
