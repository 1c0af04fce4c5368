import type { OpenAPIHono } from "@hono/zod-openapi";
import type { ModelList } from "../../../lib/contracts/api.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { dataOf } from "../../../lib/domain/provenance.ts";
import { identityOf } from "../../../lib/registry/version-id.ts";
import { toModelDetails } from "../answers.ts";
import type { AppEnv } from "../app-env.ts";
import type { ModelShelf, Sample } from "../dependencies.ts";
import { type Model, requireLoaded, requireReady } from "../model.ts";
import * as routes from "./routes.ts";

/** Model versions and their cards. */
export function modelRoutes(
  app: OpenAPIHono<AppEnv>,
  models: ModelShelf,
  { limits, offers }: Pick<ModelList, "limits" | "offers">,
): void {
  const { filmBytes, uploadBytes, batchFilms, batchBytes } = limits;

  app.openapi(routes.listModels, async (c) => {
    const { manifest } = requireLoaded(models);
    const channels = await models.channels();
    return c.json(
      {
        loaded: identityOf(manifest),
        data: dataOf(manifest),
        channels: channels && {
          production: channels.production,
          previous: channels.previous,
          candidate: channels.candidate,
        },
        limits: { filmBytes, uploadBytes, batchFilms, batchBytes },
        offers,
      },
      200,
    );
  });

  app.openapi(routes.describeModel, async (c) => {
    const { version } = c.req.valid("param");
    const { loaded } = models;
    const documents = version === loaded?.manifest.version ? loaded : await models.version(version);
    return c.json(toModelDetails(documents), 200);
  });
}

/** Generated films to try. */
export function sampleRoutes(app: OpenAPIHono<AppEnv>, samples: () => Promise<readonly Sample[]>): void {
  app.openapi(routes.listSamples, async (c) => {
    const list = (await samples()).map(({ name, title, width, height }) => ({ name, title, width, height }));
    return c.json({ samples: list }, 200);
  });

  app.openapi(routes.getSample, async (c) => {
    const { name } = c.req.valid("param");
    const sample = (await samples()).find((one) => one.name === name);
    if (sample === undefined) throw new InputError("not-found", "there is no such sample; /v1/samples lists them");
    return c.body(new Uint8Array(sample.png), 200, { "content-type": "image/png", "cache-control": "max-age=300" });
  });
}

/** Whether it runs, and whether it can answer. */
export function healthRoutes(app: OpenAPIHono<AppEnv>, model: Model): void {
  app.openapi(routes.live, (c) => {
    const version = model.models.loaded?.manifest.version ?? null;
    return c.json({ status: "live" as const, model: version }, 200);
  });

  app.openapi(routes.ready, (c) => {
    const { version } = requireReady(model).manifest;
    return c.json({ status: "ready" as const, model: version }, 200);
  });
}
