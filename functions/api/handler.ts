import type { LambdaContext, LambdaEvent } from "hono/aws-lambda";
import { handle } from "hono/aws-lambda";
import { ApiEnvironment, parseEnvironment } from "../../lib/contracts/environment.ts";
import { reportError } from "../../lib/domain/errors.ts";
import { escapeText } from "../../lib/domain/shown.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { openStore } from "../../lib/store/open.ts";
import { answeredBy } from "./answers.ts";
import { createApp } from "./app.ts";
import { apiCounters, countedFilms } from "./counted-films.ts";
import { openFeedback } from "./feedback/feedback.ts";
import { followProduction, NO_MODEL_YET } from "./live-model.ts";
import { type Model, noModel } from "./model.ts";
import { describeFault } from "./problems.ts";
import { lazySamples } from "./samples.ts";
import { modelRecords, openService } from "./service.ts";
import { openUploads } from "./uploads/open-uploads.ts";

const environment = parseEnvironment(ApiEnvironment);
const { HILUM_MODEL, HILUM_CORS_ORIGINS, HILUM_FILM_BYTES, HILUM_UPLOADS, HILUM_FEEDBACK, HILUM_STAGE } = environment;

const models = openStore(environment.HILUM_MODELS);
const log = (entry: Readonly<Record<string, unknown>>) => console.log(escapeText(JSON.stringify(entry)));
const counters = HILUM_STAGE === undefined ? undefined : apiCounters(HILUM_STAGE);
counters?.coldStart();

const listed = (text: string): string[] => text.split(",").filter((name) => name !== "");
const shared = {
  samples: lazySamples(),
  corsOrigins: listed(HILUM_CORS_ORIGINS),
  ...(environment.HILUM_READERS !== "" && {
    people: {
      readers: new Set(listed(environment.HILUM_READERS)),
      operators: new Set(listed(environment.HILUM_OPERATORS)),
    },
  }),
  ...(HILUM_UPLOADS !== undefined && { uploads: await openUploads(HILUM_UPLOADS, environment.HILUM_UPLOAD_BYTES) }),
  ...(HILUM_FEEDBACK !== undefined && {
    feedback: openFeedback(HILUM_FEEDBACK, { perDay: environment.HILUM_FEEDBACK_PER_DAY }),
  }),
  // Lambda answers one request at a time, and a request has no room for more than one large film.
  limits: {
    filmBytes: HILUM_FILM_BYTES,
    batchBytes: HILUM_FILM_BYTES,
    inferBytes: HILUM_FILM_BYTES,
    requestsAtOnce: 1,
  },
  log,
};

/** The same app behind API Gateway, whatever model it has; pictures go out in base64, text as it is. */
const answerWith = (model: Model) =>
  handle(createApp({ ...shared, ...model }), { isContentTypeBinary: (type) => /^image\/(?!svg)/.test(type) });

async function open(model: string) {
  const service = await openService({ models, model, refuse: environment.HILUM_REFUSE || undefined });
  const films =
    counters === undefined ? service.films : countedFilms(service.films, answeredBy(service.models.loaded), counters);
  return { answer: answerWith({ films, models: service.models }), close: () => service.close() };
}

/** A version by its name stays for good. */
const live = followProduction({
  channels:
    HILUM_MODEL === "production"
      ? () => readChannels(models)
      : async () => ({ production: HILUM_MODEL, previous: null }),
  open,
  checkMs: environment.HILUM_MODEL_CHECK_SECONDS * 1000,
  stage: HILUM_STAGE,
  onFallback: (version, error) => {
    log({ event: "model-fallback", version, ...describeFault(error) });
    counters?.fallback();
  },
});

const withoutModel = answerWith(noModel(modelRecords(models), () => live.reason));

async function answerWithout(event: LambdaEvent, context: LambdaContext) {
  const answer = await withoutModel(event, context);
  if (answer.statusCode < 500) return answer;
  const { code } = reportError(live.reason);
  log({ event: "no-model", code });
  if (code === NO_MODEL_YET) counters?.beforeFirstModel();
  return answer;
}

/** Milliseconds: Lambda begins anew where making ready takes over 10 s, save of environments that are kept warm. */
const INIT_PATIENCE = process.env.AWS_LAMBDA_INITIALIZATION_TYPE === "provisioned-concurrency" ? undefined : 8000;
/** API Gateway gives up after 29 s. */
const PATIENCE = 20_000;

/** Whether it runs must be known without a model, and while one is being loaded. */
const LIVENESS = /^\/v[12]\/health\/live$/;

// The first version is loaded while Lambda makes the environment ready. What goes wrong there is for requests to tell:
// a function that does not start can't be deployed before its first model.
await live.current(INIT_PATIENCE);

export const handler = async (event: LambdaEvent, context: LambdaContext) => {
  const now = "path" in event && LIVENESS.test(event.path) ? live.known : await live.current(PATIENCE);
  return now === undefined ? answerWithout(event, context) : now.answer(event, context);
};
