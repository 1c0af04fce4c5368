import { sha256 } from "../domain/sha256.ts";
import type { Etag } from "./store.ts";

/** Etags of disk and memory. */
export const contentEtag = (bytes: Uint8Array): Etag => sha256(bytes);
