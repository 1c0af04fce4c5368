import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Refusal } from "../../lib/contracts/api.ts";
import { FEEDBACK_PER_DAY } from "../../lib/contracts/feedback.ts";
import type { ModelVersion } from "../../lib/contracts/model-version.ts";
import { cautionOf } from "../../lib/domain/provenance.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { openStore } from "../../lib/store/open.ts";
import type { AppEnv } from "./app-env.ts";
import type { Limits } from "./dependencies.ts";
import { openFeedback } from "./feedback/feedback.ts";
import type { LiveModelOptions } from "./live-model.ts";
import { originsOf, ownOrigin } from "./own-origins.ts";
import { type Answerer, productionServer } from "./production-server.ts";
import { runRoutes } from "./routes/runs.ts";
import { lazySamples } from "./samples.ts";
import { isLoopback, localApp, type RunningServer, serveHere } from "./server.ts";
import { openService, type Service } from "./service.ts";
import { uploadsInMemory } from "./uploads/uploads-in-memory.ts";

export interface ServeOptions {
  /** URI of the room `models`. */
  readonly models: string;
  /** A channel's name or a version; `production` if left out. */
  readonly model?: string | undefined;
  /** Films that are refused instead of answered without a decision. */
  readonly refuse?: Refusal | undefined;
  /** Told of a version in production that does not load, once the one before it did; without, that is not tried. */
  readonly onFallback?: LiveModelOptions<Service>["onFallback"];
  /** Told of each version that was promoted meanwhile and answers from now on. */
  readonly onSwap?: (model: ServedModel["model"]) => void;
  /** 0 for any that is free. */
  readonly port: number;
  readonly host?: string | undefined;
  /** By which others call it, where that is not its own address. */
  readonly origin?: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly corsOrigins?: readonly string[] | undefined;
  /** URI of a folder for readers' labels; without, none are taken. */
  readonly feedback?: string | undefined;
  /** Of a reader that are kept in a day; whoever calls this server is one reader. */
  readonly feedbackPerDay?: number | undefined;
  /** URI of the room `runs`, to show to whoever sits at this machine; without, and on other addresses, none are. */
  readonly runs?: string | undefined;
  readonly log?: ((entry: Readonly<Record<string, unknown>>) => void) | undefined;
}

export interface ServedModel extends RunningServer {
  readonly model: {
    readonly name: string;
    readonly version: string;
    /** What to say beside its answers. */
    readonly caution: string | null;
  };
}

/**
 * Serves a model on this machine, page and API, with sample films to try; ready when it resolves. What is in production is
 * followed, as the deployed API does; any other is served as it was when it began.
 * @throws InputError `no-model`, `port-in-use`, and as openPredictor
 */
export async function serveModel({
  models,
  model = "production",
  refuse,
  onFallback,
  onSwap = () => {},
  feedback,
  feedbackPerDay = FEEDBACK_PER_DAY,
  runs,
  ...options
}: ServeOptions): Promise<ServedModel> {
  const store = openStore(models);
  let origins: readonly string[] = [];
  const shared = {
    ownOrigin: (url: string) => ownOrigin(origins, url),
    samples: lazySamples(),
    uploads: uploadsInMemory(),
    ...(feedback !== undefined && { feedback: openFeedback(feedback, { perDay: feedbackPerDay }) }),
    ...(runs !== undefined &&
      isLoopback(options.host) && {
        alsoServe: (app: OpenAPIHono<AppEnv>) => runRoutes(app, openStore(runs), { besideModel: true }),
      }),
    ...withoutUndefined(options),
  };
  const open = async (name: string) => {
    const { films, models, close } = await openService({ models: store, model: name, refuse });
    return { fetch: localApp({ ...shared, films, models }).fetch, close, version: films.version };
  };
  const answering =
    model === "production" && onFallback !== undefined
      ? await productionServer({
          channels: () => readChannels(store),
          open,
          onFallback,
          onSwap: ({ version }) => onSwap(describe(version)),
        })
      : await unchanging(() => open(model));
  const server = await serveHere(answering.fetch, shared).catch(async (error: unknown) => {
    await answering.close();
    throw error;
  });
  origins = originsOf(server.url, options.origin);
  const close = async () => {
    await server.close();
    await answering.close();
  };
  return { url: server.url, close, model: describe(answering.first.version) };
}

async function unchanging<T extends Answerer>(open: () => Promise<T>) {
  const first = await open();
  return { first, fetch: first.fetch, close: first.close };
}

const describe = (version: ModelVersion): ServedModel["model"] => ({
  name: version.name,
  version: version.version,
  caution: cautionOf(version),
});

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

const withoutUndefined = <T extends object>(options: T): Given<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
