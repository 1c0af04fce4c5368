import * as z from "zod";
import { Instant, Sha256, StoreUri, schemaName } from "./primitives.ts";
import { RunId } from "./run.ts";

/** A version of a data set: what its files were when they were looked at. */
const Version = z.strictObject({
  run: RunId,
  fingerprint: Sha256,
  /** When they were looked at. */
  at: Instant,
});

/**
 * Where the runs of one data set stand: the version that was started last, and the newest that came meanwhile. Written
 * by whoever read it before it changed (put-if-match), so that of many who hear of the same arrival one starts it.
 */
export const Arrivals = z.strictObject({
  schema: schemaName("hilum.arrivals/1"),
  /** The folder. */
  data: StoreUri,
  current: Version.extend({
    /** Counts executions of this version; the execution's name ends with it. */
    attempt: z.int().min(1),
    /** Told by its last step, while its execution is still open; null while that has not spoken. */
    ended: z.literal("succeeded").nullable(),
  }).nullable(),
  /** Waits for the current one; a newer one takes its place. */
  pending: Version.nullable(),
  /** Why what lies there now can't be read, where it can't. */
  refused: z.string().nullable(),
});
export type Arrivals = z.infer<typeof Arrivals>;
export type ArrivedVersion = z.infer<typeof Version>;
export type StartedVersion = NonNullable<Arrivals["current"]>;

/** Name of an execution; it stays taken for 90 days after its end. */
export const executionName = ({ fingerprint, attempt }: Pick<StartedVersion, "fingerprint" | "attempt">): string =>
  `${fingerprint}-${attempt}`;
