import { createHash } from "node:crypto";
import type { Etag } from "./store.ts";

/** Hexadecimal SHA-256. */
export const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Etags of disk and memory. */
export const contentEtag = (bytes: Uint8Array): Etag => sha256(bytes);
