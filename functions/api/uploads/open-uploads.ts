import { openStore } from "../../../lib/store/open.ts";
import { signedUploads } from "./signed-uploads.ts";
import { type Uploads, uploadsIn } from "./uploads.ts";

/**
 * Uploads under a URI: S3 takes films itself, at a form that is signed for one key and size; for other stores the service
 * takes them, at a URL that it signed.
 */
export async function openUploads(uri: string, maxBytes: number): Promise<Uploads> {
  const store = openStore(uri);
  if (!uri.startsWith("s3:")) return signedUploads(store, maxBytes);
  const { presignPost } = await import("../../../lib/store/presigned-post.ts");
  // Signing asks nobody; all forms go to the same place.
  const { url: place } = await presignPost(uri, "any", { maxBytes, seconds: 1 });
  return uploadsIn(store, maxBytes, {
    origin: new URL(place).origin,
    form: async (id, _, seconds) => {
      const { url, fields } = await presignPost(uri, id, { maxBytes, seconds });
      return { url, fields: { ...fields } };
    },
  });
}
