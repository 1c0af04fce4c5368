import { OpenAPIHono } from "@hono/zod-openapi";
import { methodNotAllowed } from "hono/method-not-allowed";
import { requestId } from "hono/request-id";
import { timing } from "hono/timing";
import { InputError, systemCodeOf } from "../../lib/domain/errors.ts";
import type { AppEnv } from "./app-env.ts";
import { type AppOptions, LIMITS } from "./dependencies.ts";
import { filmDoor } from "./film-door.ts";
import { ownCallers } from "./middleware/callers.ts";
import { allowOrigins, guards } from "./middleware/guards.ts";
import { peopleOnly } from "./middleware/people.ts";
import { requestLog } from "./middleware/request-log.ts";
import { PAGE_FOLDER } from "./page-files.ts";
import { describeFault, problemResponse, schemaError } from "./problems.ts";
import { feedbackRoutes } from "./routes/feedback.ts";
import { filmRoutes } from "./routes/films.ts";
import { inferenceProtocolRoutes } from "./routes/inference-protocol.ts";
import { healthRoutes, modelRoutes, sampleRoutes } from "./routes/models.ts";
import { documentRoutes, pageRoutes } from "./routes/page.ts";
import { uploadRoutes } from "./routes/uploads.ts";

/** The one app behind the local server, Lambda and the tests. */
export function createApp(options: AppOptions): OpenAPIHono<AppEnv> {
  const {
    films,
    models,
    samples = async () => [],
    uploads,
    feedback,
    corsOrigins = [],
    people,
    pageFolder = PAGE_FOLDER,
    log,
  } = options;
  const { alsoServe } = options;
  const limits = { ...LIMITS, ...options.limits };
  const app = new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw schemaError("bad-query", "query", result.error);
    },
  });

  app.use(requestId({ limitLength: 64 }));
  if (log !== undefined) app.use(requestLog(log));
  app.use(timing());
  app.use(guards(uploads?.origin));
  if (options.callers !== undefined) app.use(ownCallers(options.callers));
  if (corsOrigins.length > 0) app.use(allowOrigins(corsOrigins));
  if (people !== undefined) app.use(peopleOnly(people));
  app.use(async (c, next) => {
    await next();
    if (models.loaded !== null) c.header("x-model-version", models.loaded.manifest.version);
  });
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => {
        const detail = `${c.req.method} ${c.req.path}: expected ${methods.join(" or ")}`;
        const response = problemResponse(c, new InputError("method-not-allowed", detail));
        response.headers.set("allow", methods.join(", "));
        return response;
      },
    }),
  );

  app.notFound((c) => problemResponse(c, new InputError("not-found", `${c.req.path}: no such route`)));
  app.onError((error, c) => {
    const response = problemResponse(c, error);
    const isOurs = response.status === 500 || systemCodeOf(error) !== undefined;
    if (isOurs) log?.({ event: "fault", requestId: c.get("requestId"), ...describeFault(error) });
    return response;
  });

  const door = filmDoor({ films, models }, limits, uploads);
  filmRoutes(app, { films, models, limits, door });
  uploadRoutes(app, { uploads, door, ownOrigin: options.ownOrigin });
  feedbackRoutes(app, { feedback, films, models, limits, door });
  modelRoutes(app, models, {
    limits: { ...limits, uploadBytes: uploads?.maxBytes ?? 0 },
    offers: { uploads: uploads !== undefined, feedback: feedback !== undefined, runs: alsoServe !== undefined },
  });
  sampleRoutes(app, samples);
  healthRoutes(app, { films, models });
  inferenceProtocolRoutes(app, { films, models, limits, door });
  documentRoutes(app);
  if (pageFolder !== null) pageRoutes(app, pageFolder);
  alsoServe?.(app);
  return app;
}
