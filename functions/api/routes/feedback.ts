import type { OpenAPIHono } from "@hono/zod-openapi";
import { InputError } from "../../../lib/domain/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { feedbackBody } from "../bodies.ts";
import { callerGone } from "../caller-gone.ts";
import type { Limits } from "../dependencies.ts";
import { checkConsent, type FeedbackBook } from "../feedback/feedback.ts";
import { readerOf } from "../feedback/reader.ts";
import type { FilmDoor } from "../film-door.ts";
import { type Model, requireLoaded } from "../model.ts";
import * as routes from "./routes.ts";

interface FeedbackRoutesOptions extends Model {
  readonly feedback: FeedbackBook | undefined;
  readonly limits: Limits;
  readonly door: FilmDoor;
}

/** Readers who disagree. A film is kept as PNG of its pixels, without anything else that its file said. */
export function feedbackRoutes(
  app: OpenAPIHono<AppEnv>,
  { feedback: book, films, models, limits, door }: FeedbackRoutesOptions,
): void {
  app.use(routes.giveFeedback.path, ...door.guard(limits.filmBytes));

  app.openapi(routes.giveFeedback, async (c) => {
    if (book === undefined) throw new InputError("feedback-off", "feedback: this service keeps none");
    const { feedback, film } = await feedbackBody(c, limits);
    checkConsent(feedback, film !== null || feedback.upload !== undefined);
    const by = { reader: readerOf(c.env), model: requireLoaded(models).manifest.version };
    await book.check(by.reader);
    const keep = async (bytes: Uint8Array) => {
      const { png } = await films.picture(bytes, { style: "film", signal: callerGone(c) });
      return book.write(feedback, by, png);
    };
    if (film !== null) return c.json(await keep(film), 201);
    if (feedback.upload !== undefined) return c.json(await door.withUpload(feedback.upload, keep), 201);
    return c.json(await book.write(feedback, by, null), 201);
  });
}
