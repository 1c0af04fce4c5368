import { handle } from "hono/aws-lambda";
import { ApiEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { openStore } from "../../lib/store/open.ts";
import { createApp } from "./app.ts";
import { openFeedback } from "./feedback/feedback.ts";
import { makeSamples } from "./samples.ts";
import { openService } from "./service.ts";
import { openUploads } from "./uploads/open-uploads.ts";

/** The same app behind API Gateway; the model is loaded once, while Lambda makes the environment ready. */
const environment = parseEnvironment(ApiEnvironment);
const { HILUM_MODELS, HILUM_MODEL, HILUM_CORS_ORIGINS, HILUM_FILM_BYTES, HILUM_UPLOADS, HILUM_FEEDBACK } = environment;

const [service, samples] = await Promise.all([
  openService({ models: openStore(HILUM_MODELS), model: HILUM_MODEL }),
  makeSamples(),
]);

const app = createApp({
  films: service.films,
  models: service.models,
  samples,
  corsOrigins: HILUM_CORS_ORIGINS.split(",").filter((origin) => origin !== ""),
  ...(HILUM_UPLOADS !== undefined && { uploads: await openUploads(HILUM_UPLOADS, environment.HILUM_UPLOAD_BYTES) }),
  ...(HILUM_FEEDBACK !== undefined && { feedback: openFeedback(HILUM_FEEDBACK) }),
  // Lambda answers one request at a time, and a request has no room for more than one large film.
  limits: {
    filmBytes: HILUM_FILM_BYTES,
    batchBytes: HILUM_FILM_BYTES,
    inferBytes: HILUM_FILM_BYTES,
    filmsAtOnce: 1,
  },
  log: (entry) => console.log(JSON.stringify(entry)),
});

/** Pictures go out in base64, text as it is. */
export const handler = handle(app, { isContentTypeBinary: (type) => /^image\/(?!svg)/.test(type) });
