import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Refusal } from "../../lib/contracts/api.ts";
import { cautionOf } from "../../lib/domain/provenance.ts";
import { readChannels } from "../../lib/registry/channels.ts";
import { openStore, storeUri } from "../../lib/store/open.ts";
import type { Limits } from "./dependencies.ts";
import { openFeedback } from "./feedback/feedback.ts";
import { followProduction, type LiveModelOptions } from "./live-model.ts";
import { runRoutes } from "./routes/runs.ts";
import { lazySamples } from "./samples.ts";
import { isLoopback, type RunningServer, startServer } from "./server.ts";
import { openService, type Service, type ServiceOptions } from "./service.ts";
import { openUploads } from "./uploads/open-uploads.ts";

/** More than any film takes: 25 million pixels of 16 bits, or 20 million of three colours. */
const UPLOAD_BYTES = 110_000_000;

export interface ServeOptions {
  /** URI of the room `models`. */
  readonly models: string;
  /** A channel's name or a version; `production` if left out. */
  readonly model?: string | undefined;
  /** Films that are refused instead of answered without a decision. */
  readonly refuse?: Refusal | undefined;
  /** Told of a version in production that does not load, once the one before it did; without, that is not tried. */
  readonly onFallback?: LiveModelOptions<Service>["onFallback"];
  /** 0 for any that is free. */
  readonly port: number;
  readonly host?: string | undefined;
  readonly limits?: Partial<Limits> | undefined;
  readonly corsOrigins?: readonly string[] | undefined;
  /** URI of a folder for readers' labels; without, none are taken. */
  readonly feedback?: string | undefined;
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
 * Serves a model on this machine, page and API, with sample films to try; ready when it resolves.
 * @throws InputError `no-model`, `port-in-use`, and as openPredictor
 */
export async function serveModel({
  models,
  model = "production",
  refuse,
  onFallback,
  feedback,
  runs,
  ...options
}: ServeOptions): Promise<ServedModel> {
  const store = openStore(models);
  const service = await (model === "production" && onFallback !== undefined
    ? openProduction({ models: store, refuse }, onFallback)
    : openService({ models: store, model, refuse }));
  const uploads = await mkdtemp(join(tmpdir(), "hilum-uploads-"));
  const end = async () => {
    await rm(uploads, { recursive: true, force: true });
    await service.close();
  };
  try {
    const server = await startServer({
      films: service.films,
      models: service.models,
      samples: lazySamples(),
      uploads: await openUploads(storeUri(uploads), UPLOAD_BYTES),
      ...(feedback !== undefined && { feedback: openFeedback(feedback) }),
      ...(runs !== undefined &&
        isLoopback(options.host) && {
          alsoServe: (app) => runRoutes(app, openStore(runs), { besideModel: true }),
        }),
      ...withoutUndefined(options),
    });
    const close = async () => {
      await server.close();
      await end();
    };
    const { name, version } = service.films.version;
    return { url: server.url, close, model: { name, version, caution: cautionOf(service.films.version) } };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The version in production, or where that does not load the one before it. */
async function openProduction(
  options: ServiceOptions,
  onFallback: LiveModelOptions<Service>["onFallback"],
): Promise<Service> {
  let refused: Parameters<typeof onFallback> | undefined;
  const live = followProduction({
    channels: () => readChannels(options.models),
    open: (version) => openService({ ...options, model: version }),
    checkMs: Number.POSITIVE_INFINITY,
    onFallback: (...told) => {
      refused = told;
    },
  });
  const service = await live.current();
  if (service === undefined) throw refused?.[1] ?? live.reason;
  if (refused !== undefined) onFallback(...refused);
  return service;
}

type Given<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

const withoutUndefined = <T extends object>(options: T): Given<T> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
