import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { setMetric } from "hono/timing";
import type { BatchPrediction, ExplainChoice } from "../../../lib/contracts/api.ts";
import { eachOf } from "../../../lib/parallel/each-of.ts";
import { type AnsweredBy, answeredBy, checkLearned, toPrediction, wantsMaps } from "../answers.ts";
import type { AppEnv } from "../app-env.ts";
import { batchBody, withinLimit } from "../bodies.ts";
import { callerGone } from "../caller-gone.ts";
import { FILMS_OF_A_REQUEST, type Limits } from "../dependencies.ts";
import type { FilmDoor } from "../film-door.ts";
import { type Model, requireLoaded } from "../model.ts";
import { problemOf } from "../problems.ts";
import * as routes from "./routes.ts";

interface FilmRoutesOptions extends Model {
  readonly limits: Limits;
  readonly door: FilmDoor;
}

const NOT_KEPT = { "cache-control": "no-store" };

/** Predictions and explanations. */
export function filmRoutes(app: OpenAPIHono<AppEnv>, { films, models, limits, door }: FilmRoutesOptions): void {
  const by = (): AnsweredBy => answeredBy(requireLoaded(models));

  app.use(routes.predict.path, ...door.guard(limits.filmBytes));
  app.use(routes.explain.path, ...door.guard(limits.filmBytes));
  app.use(routes.predictBatch.path, ...door.guard(limits.batchBytes));

  app.openapi(routes.predict, async (c) => {
    const { explain } = c.req.valid("query");
    checkLearned(by(), explain);
    const options = { maps: wantsMaps(explain), signal: callerGone(c) };
    const answer = await door.withFilm(c, (film) => films.answer(film, options));
    tellTimings(c, answer.timings);
    const prediction = toPrediction(answer, by(), explain);
    c.set("predictions", [prediction.id]);
    return c.json(prediction, 200, NOT_KEPT);
  });

  app.openapi(routes.predictBatch, async (c) => {
    const { explain } = c.req.valid("query");
    checkLearned(by(), explain);
    const sent = await batchBody(c, limits);
    const ofBatch = (film: Uint8Array, index: number, signal: AbortSignal) =>
      oneOfBatch(film, index, { explain, signal, requestId: c.get("requestId") });
    const results = await eachOf(sent, FILMS_OF_A_REQUEST, ofBatch, { signal: callerGone(c) });
    c.set(
      "predictions",
      results.flatMap(({ prediction }) => prediction?.id ?? []),
    );
    return c.json({ results }, 200, NOT_KEPT);
  });

  app.openapi(routes.explain, async (c) => {
    const query = c.req.valid("query");
    if (query.style !== "film" && query.observation !== undefined) checkLearned(by(), [query.observation]);
    const options = { ...query, observation: query.observation, signal: callerGone(c) };
    const picture = await door.withFilm(c, (film) => films.picture(film, options));
    tellTimings(c, picture.timings);
    const codes = picture.warnings.map((warning) => warning.code).join(", ");
    const headers = { "content-type": "image/png", ...NOT_KEPT, ...(codes !== "" && { "x-film-warnings": codes }) };
    return c.body(new Uint8Array(picture.png), 200, headers);
  });

  async function oneOfBatch(
    film: Uint8Array,
    index: number,
    { explain, signal, requestId }: { explain: ExplainChoice; signal: AbortSignal; requestId: string },
  ): Promise<BatchPrediction["results"][number]> {
    try {
      const answer = await films.answer(withinLimit(film, limits.filmBytes), { maps: wantsMaps(explain), signal });
      return { index, prediction: toPrediction(answer, by(), explain) };
    } catch (error) {
      return { index, problem: problemOf(error, requestId) };
    }
  }
}

function tellTimings(c: Context, timings: Readonly<Record<string, number>>): void {
  for (const [part, milliseconds] of Object.entries(timings)) setMetric(c, part, milliseconds);
}
