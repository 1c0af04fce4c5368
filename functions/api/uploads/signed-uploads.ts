import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { UploadId } from "../../../lib/contracts/uploads.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { PreconditionError } from "../../../lib/store/errors.ts";
import type { Store } from "../../../lib/store/store.ts";
import { isExpired, noSuchUpload, type Uploads, uploadsIn } from "./uploads.ts";

/** Uploads that the service itself takes, at URLs that it signed; they end with this process. */
export function signedUploads(store: Store, maxBytes: number): Uploads {
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
      await store.putIfAbsent(id, film).catch((cause: unknown) => {
        if (!(cause instanceof PreconditionError)) throw cause;
        throw new InputError("upload-twice", "upload: a film was sent under this id already", { cause });
      });
    },
  });
}
