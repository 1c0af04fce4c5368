import * as z from "zod";
import { Instant, schemaName } from "./primitives.ts";

/** Enough to tell later whether a process still runs (lib/store/process-identity.ts). */
export const ProcessIdentity = z.strictObject({
  /** Host and, on Linux, the namespace in which the process number counts. */
  host: z.string(),
  /** Changes with each start of the machine; empty where it is not known. */
  boot: z.string(),
  pid: z.int(),
  /** Start of the process in ticks since boot, so that a number used again is not mistaken; empty where it is not known. */
  start: z.string(),
});
export type ProcessIdentity = Readonly<z.infer<typeof ProcessIdentity>>;

/** Who has something to himself for longer than a moment, on any store (lib/store/lease.ts). */
export const Lease = z.strictObject({
  schema: schemaName("hilum.lease/1"),
  /** Never used twice. */
  token: z.string(),
  owner: ProcessIdentity,
  takenAt: Instant,
  renewedAt: Instant,
  /** Null while it is held, and for ever where its holder was killed. */
  endedAt: Instant.nullable(),
});
export type Lease = z.infer<typeof Lease>;
