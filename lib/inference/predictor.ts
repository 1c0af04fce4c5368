import { join } from "node:path";
import type { Refusal } from "../contracts/api.ts";
import { Evaluation } from "../contracts/evaluation.ts";
import { modelKeys } from "../contracts/layout.ts";
import type { ModelVersion } from "../contracts/model-version.ts";
import { eachOf } from "../domain/each-of.ts";
import { type ErrorReport, InputError, reportError, TemporaryError } from "../domain/errors.ts";
import type { ObservationStatus } from "../domain/observation-status.ts";
import { resolveVersion } from "../registry/channels.ts";
import { observationStatuses } from "../registry/observation-statuses.ts";
import { materialiseVersion } from "../registry/versions.ts";
import { cacheFolder } from "../setup/cache-folder.mjs";
import { findDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import type { AnswerOptions, FilmAnswer, FilmPicture, FilmSource, PictureOptions, Vitals } from "./film-service.ts";
import { OUT_OF_DISTRIBUTION } from "./strangeness.ts";
import { startWorker, type WorkerProcess } from "./worker-process.ts";

export interface PredictorOptions {
  /** The room `models`. */
  readonly models: Store;
  /** A channel's name or a version. */
  readonly model?: string;
  /** Folder for versions of stores that are not on this machine. */
  readonly cache?: string;
  /** Films answered or waiting at one time; one more is refused. */
  readonly mostFilms?: number;
  /** Seconds for one film, its waiting included, after which its process is ended. */
  readonly timeout?: number;
  /** Films that are refused, which would be answered without a decision; none if left out. */
  readonly refuse?: Refusal | undefined;
}

const DEFAULTS = { model: "production", mostFilms: 64, timeout: 30 } as const;
/** Loading and warming a large ensemble on a slow disk. */
const LOAD_TIMEOUT = 300_000;
/** A process that ends so often before it is ready will not start by itself. */
const MOST_FAILED_STARTS = 3;

/** One film of several: answered, or refused for its own reason. */
export type PredictResult = FilmAnswer | { readonly error: ErrorReport };

/**
 * A model version, ready to answer in a process of its own. The caller's event loop stays free; a process that crashes
 * fails the films that it had, and another takes its place.
 */
export interface Predictor {
  readonly version: ModelVersion;
  /** What the version may say of each observation. */
  readonly statuses: readonly ObservationStatus[];
  /** False while a crashed process is replaced. */
  readonly ready: boolean;
  /** @throws InputError as readFilm and checkPlausibility, `out-of-distribution` where such are refused; TemporaryError `busy`, `predictor-stopped`, `predictor-timeout` */
  answer(film: FilmSource, options?: AnswerOptions): Promise<FilmAnswer>;
  /** As answer; `not-a-chest-film` is not refused for the style `film`. */
  picture(film: FilmSource, options: PictureOptions): Promise<FilmPicture>;
  /** Each film for itself, in order; several at a time, so that the model sees batches. */
  predict(films: readonly FilmSource[], options?: { readonly explain?: boolean }): Promise<PredictResult[]>;
  vitals(): Promise<Vitals>;
  close(): Promise<void>;
}

/**
 * Fetches a version, verifies its hashes, and starts a process that has loaded it and run it once.
 * @throws InputError where the model does not exist, is damaged, or can't be loaded; `no-distribution-check` where it is to
 *   refuse films that it can't tell
 */
export async function openPredictor(options: PredictorOptions): Promise<Predictor> {
  const { models, model, mostFilms, timeout, refuse } = { ...DEFAULTS, ...options };
  const cache = options.cache ?? join(cacheFolder(), "models");
  // It starts while the version is fetched.
  let spare: WorkerProcess | undefined = startWorker();
  const {
    manifest: version,
    folder,
    statuses,
  } = await fetchVersion().catch(async (error: unknown) => {
    await spare?.stop(0);
    throw error;
  });
  const milliseconds = timeout * 1000;

  let closed = false;
  let ready = false;
  let broken = false;
  let inside = 0;
  let starting: Promise<WorkerProcess> = start();
  await starting;

  async function fetchVersion() {
    const local = await materialiseVersion(models, await resolveVersion(models, model), cache);
    const { version, outOfDistribution } = local.manifest;
    if (refuse === OUT_OF_DISTRIBUTION && outOfDistribution === null) {
      const message = `version ${version}: can't tell films unlike those it learned from, which it is to refuse; train on more films, or refuse none`;
      throw new InputError("no-distribution-check", message);
    }
    return { ...local, statuses: await statusesOf(models, local.manifest) };
  }

  /** A process with the model; starts the next one when it ends, unless it never got ready. */
  async function start(failedStarts = 0): Promise<WorkerProcess> {
    const worker = spare ?? startWorker();
    spare = undefined;
    worker.ended.then(() => {
      if (!ready || closed) return;
      ready = false;
      starting = restart();
    });
    try {
      await worker.call("load", { versionFolder: folder, version }, LOAD_TIMEOUT);
    } catch (error) {
      await worker.stop();
      if (closed || failedStarts + 1 >= MOST_FAILED_STARTS || !(error instanceof TemporaryError)) throw error;
      return start(failedStarts + 1);
    }
    ready = true;
    return worker;
  }

  function restart(): Promise<WorkerProcess> {
    broken = false;
    const next = start();
    // Whoever waits is told; the next caller tries anew.
    next.catch(() => {
      broken = true;
    });
    return next;
  }

  async function admitted<T>(use: (worker: WorkerProcess) => Promise<T>): Promise<T> {
    if (closed) throw new TemporaryError("predictor-closed", "the predictor is closed");
    if (inside >= mostFilms) throw new TemporaryError("busy", `${inside} films are being answered; try again`);
    if (broken) starting = restart();
    inside += 1;
    try {
      return await use(await starting);
    } finally {
      inside -= 1;
    }
  }

  const answer = (film: FilmSource, { maps = false }: AnswerOptions = {}): Promise<FilmAnswer> =>
    admitted((worker) => worker.call("answer", { film, options: { maps } }, milliseconds)).then(unlessRefused);

  function unlessRefused<T extends FilmAnswer | FilmPicture>(told: T): T {
    if (refuse !== OUT_OF_DISTRIBUTION || !told.outOfDistribution) return told;
    const warning = told.warnings.find(({ code }) => code === OUT_OF_DISTRIBUTION);
    throw new InputError(OUT_OF_DISTRIBUTION, warning?.message ?? OUT_OF_DISTRIBUTION);
  }

  return {
    version,
    statuses,
    get ready() {
      return ready;
    },
    answer,
    picture: (film, pictureOptions) =>
      admitted((worker) => worker.call("picture", { film, options: pictureOptions }, milliseconds)).then(unlessRefused),
    predict: (films, { explain = false } = {}) =>
      eachOf(films, Math.min(FILMS_AT_ONCE, mostFilms), (film) =>
        answer(film, { maps: explain }).catch((error: unknown) => ({ error: reportError(error) })),
      ),
    vitals: async () => (await starting).call("vitals", null, milliseconds),
    async close() {
      closed = true;
      ready = false;
      const worker = await starting.catch(() => undefined);
      await worker?.stop();
    },
  };
}

/** The evaluation is read only where the manifest does not tell. */
const statusesOf = async (models: Store, version: ModelVersion): Promise<readonly ObservationStatus[]> =>
  observationStatuses(
    version,
    version.observations === undefined
      ? ((await findDocument(models, modelKeys.version(version.version).evaluation, Evaluation)) ?? null)
      : null,
  );

/** Films of one call on their way at one time. */
const FILMS_AT_ONCE = 8;
