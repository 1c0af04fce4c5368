import type { LambdaContext, LambdaEvent } from "hono/aws-lambda";
import { handle } from "hono/aws-lambda";
import { ApiEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { openStore } from "../../lib/store/open.ts";
import { answeredBy } from "./answers.ts";
import { createApp } from "./app.ts";
import { apiCounters, countedFilms } from "./counted-films.ts";
import { openFeedback } from "./feedback/feedback.ts";
import { followProduction } from "./live-model.ts";
import { describeFault } from "./problems.ts";
import { lazySamples } from "./samples.ts";
import { openService } from "./service.ts";
import { openUploads } from "./uploads/open-uploads.ts";

const environment = parseEnvironment(ApiEnvironment);
const { HILUM_MODEL, HILUM_CORS_ORIGINS, HILUM_FILM_BYTES, HILUM_UPLOADS, HILUM_FEEDBACK, HILUM_STAGE } = environment;

const models = openStore(environment.HILUM_MODELS);
const log = (entry: Readonly<Record<string, unknown>>) => console.log(JSON.stringify(entry));
const counters = HILUM_STAGE === undefined ? undefined : apiCounters(HILUM_STAGE);
counters?.coldStart();

const samples = lazySamples();
const shared = {
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
  log,
};

/** The same app behind API Gateway, over one version; pictures go out in base64, text as it is. */
async function open(model: string) {
  const service = await openService({ models, model, refuse: environment.HILUM_REFUSE || undefined });
  const films =
    counters === undefined ? service.films : countedFilms(service.films, answeredBy(service.models.loaded), counters);
  const app = createApp({ ...shared, samples, films, models: service.models });
  const answer = handle(app, { isContentTypeBinary: (type) => /^image\/(?!svg)/.test(type) });
  return { answer, close: () => service.close() };
}

/** The first version is loaded while Lambda makes the environment ready; a version by its name stays for good. */
const live =
  HILUM_MODEL === "production"
    ? await followProduction({
        channels: () => readChannels(models),
        open,
        checkMs: environment.HILUM_MODEL_CHECK_SECONDS * 1000,
        onFallback: (version, error) => {
          log({ event: "model-fallback", version, ...describeFault(error) });
          counters?.fallback();
        },
      })
    : await open(HILUM_MODEL).then((opened) => ({ current: async () => opened }));

export const handler = async (event: LambdaEvent, context: LambdaContext) =>
  (await live.current()).answer(event, context);
