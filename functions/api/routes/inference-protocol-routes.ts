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

const INFER = {
  tags: TAGS,
  summary: "Tensors of films in, tensors of probabilities, logits and maps out",
  body: { required: true, content: { "application/json": { schema: component("InferRequest") } } },
  responses: { 200: json(oip.InferResponse, "The outputs."), default: error },
};

export const serverLive = createRoute({
  method: "get",
  path: "/v2/health/live",
  operationId: "serverLive",
  tags: TAGS,
  responses: { 200: json(oip.ServerLive, "It runs."), default: error },
});

export const serverReady = createRoute({
  method: "get",
  path: "/v2/health/ready",
  operationId: "serverReady",
  tags: TAGS,
  responses: { 200: json(oip.ServerReady, "It can answer."), default: error },
});

export const serverMetadata = createRoute({
  method: "get",
  path: "/v2",
  operationId: "serverMetadata",
  tags: TAGS,
  responses: { 200: json(oip.ServerMetadata, "What serves."), default: error },
});

const metadata = { tags: TAGS, responses: { 200: json(oip.ModelMetadata, "Its tensors."), default: error } };
const ready = { tags: TAGS, responses: { 200: json(oip.ModelReady, "It can answer."), default: error } };
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
