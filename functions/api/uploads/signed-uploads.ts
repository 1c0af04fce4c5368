import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { UploadId } from "../../../lib/contracts/uploads.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { PreconditionError } from "../../../lib/store/errors.ts";
import type { Store } from "../../../lib/store/store.ts";
import { isExpired, noSuchUpload, removeExpired, type Uploads, uploadsIn } from "./uploads.ts";

/**
 * Uploads that the service itself takes, at URLs that it signed; they end with this process.
 * @param mostBytes of all of them together; what is over it is told to come again
 */
export function signedUploads(store: Store, maxBytes: number, mostBytes = Number.POSITIVE_INFINITY): Uploads {
  let arriving = 0;
  const secret = randomBytes(32);
  const sign = (id: string): Buffer => createHmac("sha256", secret).update(id).digest();
  const isSigned = (id: string, signature: string): boolean => {
    const given = Buffer.from(signature, "base64url");
    const expected = sign(id);
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  return uploadsIn(store, maxBytes, {
    form: async (id, base) => {
      if (base === undefined) throw new Error("uploads are taken here, and the service was not told its origin");
      const url = `${base}/v1/uploads/${id}?signature=${sign(id).toString("base64url")}`;
      return { url, fields: {} };
    },
    async receive(id, signature, film) {
      if (!UploadId.safeParse(id).success || !isSigned(id, signature)) {
        throw new InputError("upload-signature", "upload: expected the URL that POST /v1/uploads gave, unchanged");
      }
      if (isExpired(id)) throw noSuchUpload();
      arriving += film.length;
      try {
        if ((await bytesIn(store)) + arriving > mostBytes) throw uploadsFull();
        await store.putIfAbsent(id, film).catch((cause: unknown) => {
          if (!(cause instanceof PreconditionError)) throw cause;
          throw new InputError("upload-twice", "upload: a film was sent under this id already", { cause });
        });
      } finally {
        arriving -= film.length;
      }
    },
  });
}

const uploadsFull = (): TemporaryError =>
  new TemporaryError(
    "uploads-full",
    "upload: too many films wait to be asked about; ask about one, or try again later",
  );

async function bytesIn(store: Store): Promise<number> {
  await removeExpired(store);
  let bytes = 0;
  for await (const { size } of store.list("")) bytes += size;
  return bytes;
}
