import * as z from "zod";
import { Instant } from "./primitives.ts";

/** Films too large for one request: sent ahead to a place of their own, then named by id. */

/** Ten digits of the second after which it is gone, and 128 random bits: whoever has an id may use the film. */
export const UploadId = z.string().regex(/^[0-9]{10}-[0-9a-f]{32}$/, "expected the id of an upload");
export type UploadId = z.infer<typeof UploadId>;

/** Stands in place of a film: `{ "upload": id }`. */
export const UploadedFilm = z.strictObject({ upload: UploadId }).meta({ id: "UploadedFilm" });
export type UploadedFilm = z.infer<typeof UploadedFilm>;

export const UploadTicket = z
  .strictObject({
    upload: UploadId,
    url: z.url().describe("where to post the film, once, as multipart/form-data: first `fields`, then `file`"),
    fields: z.record(z.string(), z.string()),
    expiresAt: Instant,
    maxBytes: z.int().min(1),
  })
  .meta({
    id: "UploadTicket",
    description: "The film is deleted after its first answer, and in any case after `expiresAt`.",
  });
export type UploadTicket = z.infer<typeof UploadTicket>;
