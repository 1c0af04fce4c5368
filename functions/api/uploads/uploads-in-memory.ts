import { MemoryStore } from "../../../lib/store/memory.ts";
import { signedUploads } from "./signed-uploads.ts";
import { removeExpired, type Uploads } from "./uploads.ts";

/** More than any film takes: 25 million pixels of 16 bits, or 20 million of three colours. */
const FILM_BYTES = 110_000_000;
const ALL_BYTES = 4 * FILM_BYTES;
const BETWEEN_LOOKS_MS = 60_000;

/** Films on their way that no disk ever has: they go with the process, however it ends, and with their time. */
export function uploadsInMemory(): Uploads {
  const store = new MemoryStore("memory://uploads");
  setInterval(() => void removeExpired(store), BETWEEN_LOOKS_MS).unref();
  return signedUploads(store, FILM_BYTES, ALL_BYTES);
}
