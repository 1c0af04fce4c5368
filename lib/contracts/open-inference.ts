import * as z from "zod";

/**
 * The Open Inference Protocol, version 2, over HTTP and JSON (github.com/kserve/open-inference-protocol): what KServe,
 * Triton and their clients speak. Names are the protocol's own.
 */

const Parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const Shape = z.array(z.int().min(-1)).describe("-1 where any size goes");

const TensorMetadata = z
  .strictObject({ name: z.string(), datatype: z.string(), shape: Shape })
  .meta({ id: "TensorMetadata" });

export const ServerMetadata = z
  .strictObject({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: "ServerMetadata" });

export const ServerLive = z.strictObject({ live: z.boolean() }).meta({ id: "ServerLive" });
export const ServerReady = z.strictObject({ ready: z.boolean() }).meta({ id: "ServerReady" });
export const ModelReady = z.strictObject({ name: z.string(), ready: z.boolean() }).meta({ id: "ModelReady" });

export const ModelMetadata = z
  .strictObject({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(TensorMetadata),
    outputs: z.array(TensorMetadata),
  })
  .meta({ id: "ModelMetadata" });
export type ModelMetadata = z.infer<typeof ModelMetadata>;

/** Inputs by name: one of them, once. */
export const INPUTS = ["pixels", "film"] as const;
export const OUTPUTS = ["probabilities", "logits", "maps"] as const;
export type OutputName = (typeof OUTPUTS)[number];

const InputTensor = z
  .object({
    name: z.enum(INPUTS),
    datatype: z.enum(["UINT8", "FP32", "BYTES"]),
    shape: z.array(z.int().min(1)).min(1).max(4),
    parameters: Parameters.optional(),
    // Looked into where the tensor is made: a schema for each of a million numbers takes seconds.
    data: z
      .custom<readonly unknown[]>(Array.isArray, "expected an array")
      .meta({ type: "array", items: {}, description: "numbers row by row, flat or nested; base64 for BYTES" }),
  })
  .meta({
    id: "InputTensor",
    description:
      "`pixels`: UINT8 or FP32, [films, height, width], grey values 0 to 255 of films of any size, bones bright. `film`: BYTES, [films], whole files in base64.",
  });
export type InputTensor = z.infer<typeof InputTensor>;

/** Unknown fields are left alone, as the protocol's extensions may add some. */
export const InferRequest = z
  .object({
    id: z.string().optional(),
    parameters: Parameters.optional(),
    inputs: z.array(InputTensor).length(1),
    outputs: z.array(z.object({ name: z.enum(OUTPUTS), parameters: Parameters.optional() })).optional(),
  })
  .meta({ id: "InferRequest", description: "Answers `probabilities` and `logits` unless `outputs` names others." });
export type InferRequest = z.infer<typeof InferRequest>;

export const InferResponse = z
  .strictObject({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    parameters: Parameters.optional(),
    outputs: z.array(
      z.strictObject({
        name: z.enum(OUTPUTS),
        datatype: z.literal("FP32"),
        shape: z.array(z.int()),
        data: z.array(z.number().nullable()).describe("null, for NaN, where the model did not learn the observation"),
      }),
    ),
  })
  .meta({ id: "InferResponse" });
export type InferResponse = z.infer<typeof InferResponse>;

export const InferError = z.strictObject({ error: z.string() }).meta({ id: "InferError" });
