import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import * as api from "../../../lib/contracts/api.ts";
import { FeedbackReceipt } from "../../../lib/contracts/feedback.ts";
import { UploadId, UploadTicket } from "../../../lib/contracts/uploads.ts";
import { BINARY, binary, CALLER, component, FILM, faults, filmFaults, json } from "./describe.ts";

/** The routes of version 1 as data; the OpenAPI document is made from them. */

export const predict = createRoute({
  method: "post",
  path: "/v1/predictions",
  operationId: "predict",
  tags: ["Films"],
  summary: "14 probabilities for a film, with heat maps on request",
  request: { headers: CALLER, query: api.PredictionQuery, body: FILM },
  responses: { 200: json(api.Prediction, "The film's findings."), ...filmFaults() },
});

export const explain = createRoute({
  method: "post",
  path: "/v1/explanations",
  operationId: "explain",
  tags: ["Films"],
  summary: "A film with one heat map over it, as PNG of the film's own size or 2,560 pixels on its longer side",
  request: { headers: CALLER, query: api.ExplanationQuery, body: FILM },
  responses: {
    200: {
      description: "The picture.",
      headers: {
        "x-film-warnings": {
          description: "codes of the warnings, as a prediction has them",
          schema: { type: "string" },
        },
      },
      content: { "image/png": BINARY },
    },
    ...filmFaults(),
  },
});

export const predictBatch = createRoute({
  method: "post",
  path: "/v1/predictions:batch",
  operationId: "predictBatch",
  tags: ["Films"],
  summary: "Several films at once, each answered or refused for itself",
  request: {
    headers: CALLER,
    query: api.PredictionQuery,
    body: {
      required: true,
      description: "Films, in the field `film` as often as there are.",
      content: {
        "multipart/form-data": {
          schema: {
            type: "object" as const,
            required: ["film"],
            properties: { film: { type: "array" as const, minItems: 1, items: binary } },
          },
        },
      },
    },
  },
  responses: { 200: json(api.BatchPrediction, "An answer or a problem for each film."), ...filmFaults() },
});

export const startUpload = createRoute({
  method: "post",
  path: "/v1/uploads",
  operationId: "startUpload",
  tags: ["Films"],
  summary: "A place to send a film ahead that is too large for one request",
  responses: { 201: json(UploadTicket, "Where to send it, and the id to ask with."), ...faults(400, 404) },
});

export const receiveUpload = createRoute({
  method: "post",
  path: "/v1/uploads/{upload}",
  operationId: "receiveUpload",
  tags: ["Films"],
  summary: "Takes a film that is sent ahead, at the URL of its ticket, where the store does not",
  request: {
    params: z.object({ upload: UploadId }),
    query: z.strictObject({ signature: z.string().regex(/^[A-Za-z0-9_-]{43}$/, "expected the ticket's signature") }),
    body: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: { type: "object" as const, required: ["file"], properties: { file: binary } },
        },
      },
    },
  },
  responses: { 204: { description: "It is here." }, ...faults(400, 403, 404, 413, 415, 422, 503) },
});

export const giveFeedback = createRoute({
  method: "post",
  path: "/v1/feedback",
  operationId: "giveFeedback",
  tags: ["Feedback"],
  summary: "A reader's own labels; with consent the film, to learn from",
  request: {
    headers: CALLER,
    body: {
      required: true,
      description: "The labels alone as JSON, or a form of them and the film.",
      content: {
        "application/json": { schema: component("Feedback") },
        "multipart/form-data": {
          schema: {
            type: "object" as const,
            required: ["feedback"],
            properties: { feedback: component("Feedback"), film: binary },
          },
        },
      },
    },
  },
  responses: { 201: json(FeedbackReceipt, "It is kept."), ...filmFaults(), ...faults(429) },
});

export const listModels = createRoute({
  method: "get",
  path: "/v1/models",
  operationId: "listModels",
  tags: ["Models"],
  summary: "What answers now, and what the channels point at",
  responses: { 200: json(api.ModelList, "Loaded version, channels and limits."), ...faults(400, 503) },
});

export const describeModel = createRoute({
  method: "get",
  path: "/v1/models/{version}",
  operationId: "describeModel",
  tags: ["Models"],
  summary: "The card of a model version, with its measured operating curve",
  request: { params: z.object({ version: z.string().meta({ example: "0123456789abcdef" }) }) },
  responses: { 200: json(api.ModelDetails, "The card."), ...faults(400, 404, 503) },
});

export const listSamples = createRoute({
  method: "get",
  path: "/v1/samples",
  operationId: "listSamples",
  tags: ["Films"],
  summary: "Generated films to try",
  responses: { 200: json(api.SampleList, "Their names."), ...faults(400) },
});

export const getSample = createRoute({
  method: "get",
  path: "/v1/samples/{name}",
  operationId: "getSample",
  tags: ["Films"],
  summary: "One generated film",
  request: { params: z.object({ name: z.string().meta({ example: "large-heart" }) }) },
  responses: { 200: { description: "The film.", content: { "image/png": BINARY } }, ...faults(400, 404) },
});

export const live = createRoute({
  method: "get",
  path: "/v1/health/live",
  operationId: "live",
  tags: ["Health"],
  summary: "The service runs",
  responses: { 200: json(api.Health, "It does."), ...faults(400) },
});

export const ready = createRoute({
  method: "get",
  path: "/v1/health/ready",
  operationId: "ready",
  tags: ["Health"],
  summary: "The model is loaded and has answered once",
  responses: { 200: json(api.Health, "It has."), ...faults(400, 503) },
});

export const describeApi = createRoute({
  method: "get",
  path: "/v1/openapi.json",
  operationId: "describeApi",
  tags: ["Health"],
  summary: "This document",
  request: {
    query: z.strictObject({ version: z.enum(["3.1", "3.0"]).default("3.1").meta({ description: "of OpenAPI" }) }),
  },
  responses: {
    200: {
      description: "The document.",
      content: {
        "application/json": {
          schema: {
            type: "object" as const,
            required: ["openapi"],
            properties: { openapi: { type: "string" as const } },
          },
        },
      },
    },
    ...faults(400),
  },
});
