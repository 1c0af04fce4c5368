import * as z from "zod";
import { OBSERVATIONS } from "../domain/observations.ts";

/** One of the 14 names. */
export const ObservationName = z.enum(OBSERVATIONS);

/** A tuple-like array with one entry an observation, in their order. */
export const perObservation = <T extends z.ZodType>(entry: T) => z.array(entry).length(OBSERVATIONS.length);

/** Hexadecimal SHA-256. */
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");
export type Sha256 = z.infer<typeof Sha256>;

/** A folder of objects: `file:///path` or `s3://bucket/prefix`, without a slash at its end. */
export const StoreUri = z
  .string()
  .regex(/^(file:\/\/\/|s3:\/\/|memory:\/\/).*[^/]$/, "expected file:///folder or s3://bucket/prefix");
export type StoreUri = z.infer<typeof StoreUri>;

/** Instant in ISO 8601, UTC. */
export const Instant = z.iso.datetime();

/** A probability or share. */
export const Share = z.number().min(0).max(1);

/** The field `schema` that every stored document starts with: its name and version. */
export const schemaName = <T extends string>(name: T) => z.literal(name);
