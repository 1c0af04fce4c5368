import { openStore } from "../../../lib/store/open.ts";
import { signedUploads } from "./signed-uploads.ts";
import { type Uploads, uploadsIn } from "./uploads.ts";

/**
 * Uploads under a URI: S3 takes films itself, at a form that is signed for one key and size; for other stores the service
 * takes them, at a URL that it signed.
 */
export function openUploads(uri: string, maxBytes: number): Uploads {
  const store = openStore(uri);
  if (!uri.startsWith("s3:")) return signedUploads(store, maxBytes);
  return uploadsIn(store, maxBytes, {
    form: async (id, _, seconds) => {
      const { presignPost } = await import("../../../lib/store/presigned-post.ts");
      const { url, fields } = await presignPost(uri, id, { maxBytes, seconds });
      return { url, fields: { ...fields } };
    },
  });
}
