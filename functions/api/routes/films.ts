import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { setMetric, type TimingVariables } from "hono/timing";
import { TemporaryError } from "../../../lib/domain/errors.ts";
import { admission } from "../admission.ts";
import { toPrediction, wantsMaps } from "../answers.ts";
import type { FilmService, Limits, ModelShelf } from "../dependencies.ts";
import { filmBody, filmTooLarge } from "../film-body.ts";
import * as routes from "./routes.ts";

/** Room for a form's boundaries around a film. */
const FORM_OVERHEAD = 10_000;

export type AppEnv = { Variables: TimingVariables & { requestId: string } };

interface FilmRoutesOptions {
  readonly films: FilmService;
  readonly models: ModelShelf;
  readonly limits: Limits;
}

/** Predictions and explanations. */
export function filmRoutes(app: OpenAPIHono<AppEnv>, { films, models, limits }: FilmRoutesOptions): void {
  const gate = admission(limits.filmsAtOnce);
  const limited = bodyLimit({
    maxSize: limits.filmBytes + FORM_OVERHEAD,
    onError: () => {
      throw filmTooLarge(limits.filmBytes);
    },
  });

  /** One place inside the gate for as long as the film is read and answered. */
  async function withFilm<T>(c: Context, use: (film: Uint8Array) => Promise<T>): Promise<T> {
    const film = await filmBody(c);
    if (film.length > limits.filmBytes) throw filmTooLarge(limits.filmBytes);
    return use(film);
  }

  for (const path of [routes.predict.path, routes.explain.path]) {
    app.use(path, async (_, next) => {
      if (!films.ready) throw new TemporaryError("not-ready", "the model is still being loaded");
      const leave = gate.enter();
      try {
        await next();
      } finally {
        leave();
      }
    });
    app.use(path, limited);
  }

  app.openapi(routes.predict, async (c) => {
    const { explain } = c.req.valid("query");
    const answer = await withFilm(c, (film) => films.answer(film, { maps: wantsMaps(explain) }));
    tellTimings(c, answer.timings);
    return c.json(toPrediction(answer, models.loaded.manifest, explain), 200, { "cache-control": "no-store" });
  });

  app.openapi(routes.explain, async (c) => {
    const query = c.req.valid("query");
    const options = { ...query, observation: query.observation };
    const picture = await withFilm(c, (film) => films.picture(film, options));
    tellTimings(c, picture.timings);
    const codes = picture.warnings.map((warning) => warning.code).join(", ");
    const headers = {
      "content-type": "image/png",
      "cache-control": "no-store",
      ...(codes !== "" && { "x-film-warnings": codes }),
    };
    return c.body(new Uint8Array(picture.png), 200, headers);
  });
}

function tellTimings(c: Context, timings: Readonly<Record<string, number>>): void {
  for (const [part, milliseconds] of Object.entries(timings)) setMetric(c, part, milliseconds);
}
