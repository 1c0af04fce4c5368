import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import * as oip from "../../../lib/contracts/open-inference.ts";
import { component, json } from "./describe.ts";

/** The routes of the Open Inference Protocol as data. */

const TAGS = ["Open Inference Protocol"];
const model = z.string().meta({ example: "demo" });
const version = z.string().meta({ example: "0123456789abcdef" });
const error = {
  description: "What is wrong, in the protocol's own form.",
  content: { "application/json": { schema: oip.InferError } },
};

const FAULTS = { 400: error, 404: error, default: error };

const INFER = {
  tags: TAGS,
  summary: "Tensors of films in, tensors of probabilities, logits and maps out",
  body: { required: true, content: { "application/json": { schema: component("InferRequest") } } },
  responses: { 200: json(oip.InferResponse, "The outputs."), ...FAULTS },
};

export const serverLive = createRoute({
  method: "get",
  path: "/v2/health/live",
  operationId: "serverLive",
  summary: "The server runs",
  tags: TAGS,
  responses: { 200: json(oip.ServerLive, "It runs."), ...FAULTS },
});

export const serverReady = createRoute({
  method: "get",
  path: "/v2/health/ready",
  operationId: "serverReady",
  summary: "The server can answer",
  tags: TAGS,
  responses: { 200: json(oip.ServerReady, "It can answer."), ...FAULTS },
});

export const serverMetadata = createRoute({
  method: "get",
  path: "/v2",
  operationId: "serverMetadata",
  summary: "What serves",
  tags: TAGS,
  responses: { 200: json(oip.ServerMetadata, "What serves."), ...FAULTS },
});

const metadata = {
  tags: TAGS,
  summary: "Inputs and outputs of the model",
  responses: { 200: json(oip.ModelMetadata, "Its tensors."), ...FAULTS },
};
const ready = {
  tags: TAGS,
  summary: "Whether the model can answer",
  responses: { 200: json(oip.ModelReady, "It can answer."), ...FAULTS },
};
const ofModel = { params: z.object({ model }) };
const ofVersion = { params: z.object({ model, version }) };

export const modelMetadata = createRoute({
  ...metadata,
  method: "get",
  path: "/v2/models/{model}",
  operationId: "modelMetadata",
  request: ofModel,
});

export const versionMetadata = createRoute({
  ...metadata,
  method: "get",
  path: "/v2/models/{model}/versions/{version}",
  operationId: "versionMetadata",
  request: ofVersion,
});

export const modelReady = createRoute({
  ...ready,
  method: "get",
  path: "/v2/models/{model}/ready",
  operationId: "modelReady",
  request: ofModel,
});

export const versionReady = createRoute({
  ...ready,
  method: "get",
  path: "/v2/models/{model}/versions/{version}/ready",
  operationId: "versionReady",
  request: ofVersion,
});

export const modelInfer = createRoute({
  tags: INFER.tags,
  summary: INFER.summary,
  responses: INFER.responses,
  method: "post",
  path: "/v2/models/{model}/infer",
  operationId: "modelInfer",
  request: { ...ofModel, body: INFER.body },
});

export const versionInfer = createRoute({
  tags: INFER.tags,
  summary: INFER.summary,
  responses: INFER.responses,
  method: "post",
  path: "/v2/models/{model}/versions/{version}/infer",
  operationId: "versionInfer",
  request: { ...ofVersion, body: INFER.body },
});
