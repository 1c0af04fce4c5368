import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ModelVersion } from "../../../lib/contracts/model-version.ts";
import { type InferResponse, type ModelMetadata, OUTPUTS } from "../../../lib/contracts/open-inference.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import type { FilmSource } from "../../../lib/imaging/reader/reader-calls.ts";
import { eachOf } from "../../../lib/parallel/each-of.ts";
import { type AnsweredBy, answeredBy } from "../answers.ts";
import type { AppEnv } from "../app-env.ts";
import { inferBody } from "../bodies.ts";
import { callerGone } from "../caller-gone.ts";
import { FILMS_OF_A_REQUEST, type Limits, type ModelDocuments } from "../dependencies.ts";
import type { FilmDoor } from "../film-door.ts";
import { type Model, requireLoaded, requireReady } from "../model.ts";
import { filmsOf, outputNames, outputsOf, parametersOf } from "../tensors.ts";
import * as routes from "./inference-protocol-routes.ts";

interface ProtocolOptions extends Model {
  readonly limits: Limits;
  readonly door: FilmDoor;
}

/** The loaded model under the Open Inference Protocol, by its name and, where given, its version. */
export function inferenceProtocolRoutes(
  app: OpenAPIHono<AppEnv>,
  { films, models, limits, door }: ProtocolOptions,
): void {
  /** What is loaded, where it is what was asked for. */
  function loadedAs(asked: { readonly model: string; readonly version?: string }): ModelDocuments {
    const loaded = requireLoaded(models);
    const { name, version } = loaded.manifest;
    if (asked.model === name && (asked.version === undefined || asked.version === version)) return loaded;
    throw new InputError("no-such-version", `no such model is loaded, expected ${name} of version ${version}`);
  }

  app.openapi(routes.serverLive, (c) => c.json({ live: true }, 200));
  app.openapi(routes.serverReady, (c) => {
    requireReady({ films, models });
    return c.json({ ready: true }, 200);
  });
  app.openapi(routes.serverMetadata, (c) => c.json({ name: "hilum", version: "1", extensions: [] }, 200));

  for (const route of [routes.modelReady, routes.versionReady]) {
    app.openapi(route, (c) => {
      const { name } = loadedAs(c.req.valid("param")).manifest;
      requireReady({ films, models });
      return c.json({ name, ready: true }, 200);
    });
  }

  for (const route of [routes.modelMetadata, routes.versionMetadata]) {
    app.openapi(route, (c) => {
      return c.json(metadataOf(loadedAs(c.req.valid("param")).manifest), 200);
    });
  }

  for (const path of ["/v2/models/:model/infer", "/v2/models/:model/versions/:version/infer"]) {
    app.use(path, ...door.guard(limits.inferBytes, limits.inferBytes));
  }

  for (const route of [routes.modelInfer, routes.versionInfer]) {
    app.openapi(route, async (c) => {
      const loaded = loadedAs(c.req.valid("param"));
      return c.json(await infer(c, answeredBy(loaded)), 200, { "cache-control": "no-store" });
    });
  }

  async function infer(c: Context, { manifest, statuses }: AnsweredBy): Promise<InferResponse> {
    const { request, body, data } = await inferBody(c, limits);
    const sent = await filmsOf(request.inputs[0]!, body, data, limits.batchFilms);
    const names = outputNames(request);
    const maps = names.includes("maps");
    const answer = (film: FilmSource, index: number, signal: AbortSignal) =>
      films.answer(film, { maps, signal }).catch((error: unknown) => {
        throw numbered(error, index);
      });
    const answers = await eachOf(sent, FILMS_OF_A_REQUEST, answer, { signal: callerGone(c) });
    return {
      model_name: manifest.name,
      model_version: manifest.version,
      ...(request.id !== undefined && { id: request.id }),
      parameters: parametersOf(answers, statuses),
      outputs: outputsOf(answers, names, statuses),
    };
  }
}

/** Says which film is at fault. */
function numbered(error: unknown, index: number): unknown {
  if (!(error instanceof InputError)) return error;
  return new InputError(error.code, `film ${index}: ${error.message}`, { cause: error });
}

function metadataOf({ name, version }: Pick<ModelVersion, "name" | "version">): ModelMetadata {
  const grid = { probabilities: [], logits: [], maps: [-1, -1] };
  return {
    name,
    versions: [version],
    platform: "tensorflow_savedmodel",
    inputs: [
      { name: "pixels", datatype: "UINT8", shape: [-1, -1, -1] },
      { name: "film", datatype: "BYTES", shape: [-1] },
    ],
    outputs: OUTPUTS.map((output) => ({
      name: output,
      datatype: "FP32",
      shape: [-1, OBSERVATION_COUNT, ...grid[output]],
    })),
  };
}
