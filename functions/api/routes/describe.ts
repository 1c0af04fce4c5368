import * as z from "zod";
import { Problem } from "../../../lib/contracts/api.ts";

/** Words of the OpenAPI document that many routes share. */

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

const FAULTS = {
  400: "The request is not well formed.",
  403: "This URL was not signed by the service, or was changed; or a page of another origin sent this.",
  404: "No such thing.",
  413: "A limit on bytes or films was passed; `limit` says which.",
  415: "The kind of body or file is not read here.",
  422: "It can't be answered for: no chest film, no pixels, broken; unlike the training films (`out-of-distribution`), where such are refused; a heat map by the name of what the model did not learn (`not-learned`).",
  429: "As much as is taken of one caller for now; try again after `retry-after` seconds.",
  503: "Not ready, or too many films at once; try again after `retry-after` seconds.",
  default: "Any other fault, a bug of the service (500) among them.",
} as const;

const RETRY_AFTER = { "retry-after": { description: "seconds", schema: { type: "integer" as const } } };

const fault = (status: keyof typeof FAULTS) => ({
  description: FAULTS[status],
  ...((status === 429 || status === 503) && { headers: RETRY_AFTER }),
  content: { "application/problem+json": { schema: Problem } },
});

/** The problems of a route; `default` is among them always. */
export const faults = <S extends keyof typeof FAULTS>(...statuses: readonly S[]) =>
  Object.fromEntries([...statuses, "default" as const].map((status) => [status, fault(status)])) as Record<
    S | "default",
    ReturnType<typeof fault>
  >;

/** Faults of every route that takes a film. */
export const filmFaults = () => faults(400, 404, 413, 415, 422, 503);

export const binary = { type: "string" as const, format: "binary" };
export const BINARY = { schema: binary };

/** A schema of the document's components, for bodies of several kinds, which their routes parse themselves. */
export const component = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** What a caller may say of the request itself. */
export const CALLER = z.object({
  "x-request-id": z
    .string()
    .optional()
    .meta({ description: "the caller's own id of the request; comes back and is logged" }),
});

/** One film in any way in which it may come. */
export const FILM = {
  required: true,
  description: "One film, or the upload that holds it. What it is, its own bytes decide, not its type or name.",
  content: {
    "application/octet-stream": BINARY,
    "application/dicom": BINARY,
    "image/*": BINARY,
    "multipart/form-data": {
      schema: { type: "object" as const, required: ["film"], properties: { film: binary } },
    },
    "application/json": { schema: component("UploadedFilm") },
  },
};
