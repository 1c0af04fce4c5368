import { randomBytes } from "node:crypto";
import type { UploadId, UploadTicket } from "../../../lib/contracts/uploads.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { NotFoundError } from "../../../lib/store/errors.ts";
import type { Store } from "../../../lib/store/store.ts";

/** Seconds that a film may be sent and used in. */
const LIFETIME = 3600;

/** Films on their way: kept until their first answer. */
export interface Uploads {
  readonly maxBytes: number;
  /** Origin that films are posted to, where that is not the service's own: our page must be allowed to. */
  readonly origin?: string;
  /** @param base origin of this service, for stores that it takes the films for itself */
  start(base: string | undefined): Promise<UploadTicket>;
  /** @throws InputError `no-such-upload` */
  take(id: UploadId): Promise<Uint8Array>;
  remove(id: UploadId): Promise<void>;
  /** Takes the film where the store can't itself; see signed-uploads.ts. */
  readonly receive?: (id: string, signature: string, film: Uint8Array) => Promise<void>;
}

/** How a store takes a film under an id. */
export interface UploadDoor {
  readonly origin?: string;
  /** Where and with what the film is posted. */
  form(id: UploadId, base: string | undefined, seconds: number): Promise<Pick<UploadTicket, "url" | "fields">>;
  readonly receive?: Uploads["receive"];
}

const expiryOf = (id: string): number => Number(id.slice(0, 10));
const seconds = (): number => Math.floor(Date.now() / 1000);

export const isExpired = (id: string): boolean => expiryOf(id) <= seconds();

export const noSuchUpload = (): InputError =>
  new InputError("no-such-upload", "upload: there is none of that id; it was answered for, expired or never sent");

/** Uploads in a store, through a door of the store's kind. */
export function uploadsIn(store: Store, maxBytes: number, door: UploadDoor): Uploads {
  return {
    maxBytes,
    async start(base) {
      await removeExpired(store);
      const expiry = seconds() + LIFETIME;
      const upload = `${expiry}-${randomBytes(16).toString("hex")}`;
      const form = await door.form(upload, base, LIFETIME);
      return { upload, ...form, expiresAt: new Date(expiry * 1000).toISOString(), maxBytes };
    },
    async take(id) {
      if (isExpired(id)) throw noSuchUpload();
      return store.get(id).catch((error: unknown) => {
        throw error instanceof NotFoundError ? noSuchUpload() : error;
      });
    },
    remove: (id) => store.delete(id),
    ...(door.origin !== undefined && { origin: door.origin }),
    ...(door.receive && { receive: door.receive }),
  };
}

/** Films that were sent and never asked about. Keys are ids, which begin with their last second, so the oldest come first. */
export async function removeExpired(store: Store): Promise<void> {
  for await (const { key } of store.list("")) {
    if (!isExpired(key)) return;
    await store.delete(key);
  }
}
