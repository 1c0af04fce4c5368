import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import * as api from "../../../lib/contracts/api.ts";

/** The routes of version 1 as data; the OpenAPI document is made from them. */

const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

const FAULTS = {
  400: "The request is not well formed.",
  404: "No such thing.",
  413: "The film is over the limit.",
  415: "The kind of file is not read here.",
  422: "The film can't be answered for: not a chest film, no pixels, broken.",
  503: "Not ready, or too many films at once; try again after `retry-after` seconds.",
} as const;

const fault = (status: keyof typeof FAULTS) => ({
  description: FAULTS[status],
  content: { "application/problem+json": { schema: api.Problem } },
});

const FILM_FAULTS = { 400: fault(400), 413: fault(413), 415: fault(415), 422: fault(422), 503: fault(503) };

const binary = { type: "string" as const, format: "binary" };
const BINARY = { schema: binary };

const FILM = {
  required: true,
  description: "One film. What it is, its own bytes decide, not its type or name.",
  content: {
    "image/*": BINARY,
    "application/dicom": BINARY,
    "application/octet-stream": BINARY,
    "multipart/form-data": {
      schema: { type: "object" as const, required: ["film"], properties: { film: binary } },
    },
  },
};

export const predict = createRoute({
  method: "post",
  path: "/v1/predictions",
  operationId: "predict",
  tags: ["Films"],
  summary: "14 probabilities for a film, with heat maps on request",
  request: { query: api.PredictionQuery, body: FILM },
  responses: { 200: json(api.Prediction, "The film's findings."), ...FILM_FAULTS },
});

export const explain = createRoute({
  method: "post",
  path: "/v1/explanations",
  operationId: "explain",
  tags: ["Films"],
  summary: "A film with one heat map over it, as PNG of the film's own size",
  request: { query: api.ExplanationQuery, body: FILM },
  responses: {
    200: {
      description: "The picture.",
      headers: { "x-film-warnings": { description: "codes of doubts about the film", schema: { type: "string" } } },
      content: { "image/png": BINARY },
    },
    ...FILM_FAULTS,
  },
});

export const listModels = createRoute({
  method: "get",
  path: "/v1/models",
  operationId: "listModels",
  tags: ["Models"],
  summary: "What answers now, and what the channels point at",
  responses: { 200: json(api.ModelList, "Loaded version, channels and limits.") },
});

export const describeModel = createRoute({
  method: "get",
  path: "/v1/models/{version}",
  operationId: "describeModel",
  tags: ["Models"],
  summary: "The card of a model version, with its measured operating curve",
  request: { params: z.object({ version: z.string().meta({ example: "0123456789abcdef" }) }) },
  responses: { 200: json(api.ModelDetails, "The card."), 404: fault(404) },
});

export const listSamples = createRoute({
  method: "get",
  path: "/v1/samples",
  operationId: "listSamples",
  tags: ["Films"],
  summary: "Generated films to try",
  responses: { 200: json(api.SampleList, "Their names.") },
});

export const getSample = createRoute({
  method: "get",
  path: "/v1/samples/{name}",
  operationId: "getSample",
  tags: ["Films"],
  summary: "One generated film",
  request: { params: z.object({ name: z.string().meta({ example: "large-heart" }) }) },
  responses: { 200: { description: "The film.", content: { "image/png": BINARY } }, 404: fault(404) },
});

export const live = createRoute({
  method: "get",
  path: "/v1/health/live",
  operationId: "live",
  tags: ["Health"],
  summary: "The service runs",
  responses: { 200: json(api.Health, "It does.") },
});

export const ready = createRoute({
  method: "get",
  path: "/v1/health/ready",
  operationId: "ready",
  tags: ["Health"],
  summary: "The model is loaded and has answered once",
  responses: { 200: json(api.Health, "It has."), 503: fault(503) },
});
