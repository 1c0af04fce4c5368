import { join } from "node:path";
import type { Refusal } from "../contracts/api.ts";
import { FILM_REFUSALS, filmWarning } from "../contracts/codes.ts";
import { Evaluation } from "../contracts/evaluation.ts";
import { modelKeys } from "../contracts/layout.ts";
import type { ModelVersion } from "../contracts/model-version.ts";
import { type ErrorReport, InputError, reportError, TemporaryError } from "../domain/errors.ts";
import { rectangleToFilm } from "../domain/geometry.ts";
import type { ObservationStatus } from "../domain/observation-status.ts";
import { observationIndex } from "../domain/observations.ts";
import { isOfDrawingsAlone } from "../domain/provenance.ts";
import type { FilmSource, ReadFilm, Vitals } from "../imaging/reader/reader-calls.ts";
import { type FilmReader, openReaderPool } from "../imaging/reader/reader-pool.ts";
import { stopwatch } from "../imaging/reader/stopwatch.ts";
import { cellArea } from "../model/cell-area.ts";
import { buildNetwork } from "../model/networks.ts";
import { type CallProcess, ProcessEnded, startProcess } from "../parallel/call-process.ts";
import { eachOf } from "../parallel/each-of.ts";
import { limiter } from "../parallel/limiter.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import { resolveVersion } from "../registry/channels.ts";
import { observationStatuses } from "../registry/observation-statuses.ts";
import { materialiseVersion } from "../registry/versions.ts";
import { cacheFolder } from "../setup/cache-folder.mjs";
import { findDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import type { AnswerOptions, FilmAnswer, FilmPicture, PictureOptions } from "./film-service.ts";
import { contradictions, findings } from "./findings.ts";
import { heatGrid } from "./heat-grid.ts";
import { keepUp } from "./keep-up.ts";
import type { ModelCalls } from "./messages.ts";
import { OUT_OF_DISTRIBUTION, unlessDrawn } from "./strangeness.ts";

export interface PredictorOptions {
  /** The room `models`. */
  readonly models: Store;
  /** A channel's name or a version. */
  readonly model?: string;
  /** Folder for versions of stores that are not on this machine. */
  readonly cache?: string;
  /** Films answered or waiting at one time; one more is refused. */
  readonly mostFilms?: number;
  /** Seconds for one film in a process, waiting for one left out, after which that process is ended. */
  readonly timeout?: number;
  /** Films that are refused, which would be answered without a decision; none if left out. */
  readonly refuse?: Refusal | undefined;
}

/** Films answered or waiting at one time, unless the caller says otherwise. */
export const MOST_FILMS = 64;
const DEFAULTS = { model: "production", mostFilms: MOST_FILMS, timeout: 30 } as const;
/** Loading and warming a large ensemble on a slow disk. */
const LOAD_TIMEOUT = 300_000;
/** A process that ends so often before it has ever been ready will not start by itself. */
const MOST_FAILED_STARTS = 3;

/** Of the model's process, but the memory of all. */
export interface PredictorVitals extends Vitals {
  /** Ids of the processes that read films. */
  readonly readers: readonly number[];
}

/** One film of several: answered, or refused for its own reason. */
export type PredictResult = FilmAnswer | { readonly error: ErrorReport };

/** The process that holds a model. */
const startModel = (): ModelProcess => startProcess({ module: moduleBeside("./model-program.ts", import.meta.url) });

/**
 * A model version, ready to answer: films are read by processes of their own (lib/imaging/reader), the model computes in
 * another. The caller's event loop stays free; a process that ends fails the films that it had, and another takes its place.
 */
export interface Predictor {
  readonly version: ModelVersion;
  /** What the version may say of each observation. */
  readonly statuses: readonly ObservationStatus[];
  /** False while a crashed process is replaced. */
  readonly ready: boolean;
  /** @throws InputError as readFilm and checkPlausibility, `out-of-distribution` where such are refused; TemporaryError `busy`, `predictor-stopped`, `predictor-timeout`; the signal's reason */
  answer(film: FilmSource, options?: AnswerOptions): Promise<FilmAnswer>;
  /** As answer; `not-a-chest-film` is not refused for the style `film`. */
  picture(film: FilmSource, options: PictureOptions): Promise<FilmPicture>;
  /** Each film for itself, in order; several at a time, so that the model sees batches. */
  predict(films: readonly FilmSource[], options?: { readonly explain?: boolean }): Promise<PredictResult[]>;
  vitals(): Promise<PredictorVitals>;
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
  const wall = timeout * 1000;
  // Both start while the version is fetched.
  const readers = openReaderPool({ wall });
  let spare: ModelProcess | undefined = startModel();
  const abandon = async (error: unknown): Promise<never> => {
    await Promise.all([spare?.stop(0), readers.close()]);
    throw error;
  };
  const { manifest: version, statuses } = await fetchVersion().catch(abandon);
  const { geometry } = version;
  const ofDrawingsAlone = isOfDrawingsAlone(version);
  const cells = cellArea(buildNetwork(version.model), geometry.size);
  let closed = false;
  const places = limiter({
    places: mostFilms,
    mostWaiting: 0,
    full: (inside) => new TemporaryError("busy", `${inside} films are being answered; try again`),
  });
  const kept = await keepUp(() => start(MOST_FAILED_STARTS)).catch(abandon);

  async function fetchVersion() {
    const local = await materialiseVersion(models, await resolveVersion(models, model), cache);
    const { version, outOfDistribution } = local.manifest;
    if (refuse === OUT_OF_DISTRIBUTION && outOfDistribution === null) {
      const message = `version ${version}: can't tell films unlike those it learned from, which it is to refuse; train on more films, or refuse none`;
      throw new InputError("no-distribution-check", message);
    }
    return { ...local, statuses: await statusesOf(models, local.manifest) };
  }

  /** A process with the model, whose files are verified each time: what was changed since is not answered with. */
  async function start(triesLeft: number): Promise<ModelProcess> {
    const process = spare ?? startModel();
    spare = undefined;
    try {
      const { folder } = await materialiseVersion(models, version.version, cache);
      await process.call("load", { versionFolder: folder, version }, { wall: LOAD_TIMEOUT });
      return process;
    } catch (error) {
      await process.stop();
      if (closed || triesLeft === 1 || !(error instanceof TemporaryError)) throw error;
      return start(triesLeft - 1);
    }
  }

  async function admitted<T>(signal: AbortSignal | undefined, use: () => Promise<T>): Promise<T> {
    if (closed) throw new TemporaryError("predictor-closed", "the predictor is closed");
    return places.run(use, { signal });
  }

  /** What the model says of a film that was read. */
  async function predicted(
    { facts, size, warnings, drawn, pixels, timings }: ReadFilm,
    maps: boolean,
  ): Promise<FilmAnswer> {
    const clock = stopwatch();
    const ask = async () => (await kept.current()).call("predict", { pixels, maps }, { wall });
    // A square can't have been what ended the model's process: the next one answers.
    const { prediction, ...told } = await ask().catch((error: unknown) => {
      if (error instanceof ProcessEnded) return ask();
      throw error;
    });
    clock.lap("predict");
    const { outOfDistribution, warnings: doubts } = unlessDrawn(told, { ofDrawingsAlone, drawn });
    const found = findings({ prediction, outOfDistribution }, { thresholds: version.thresholds, statuses });
    return {
      film: facts,
      prediction,
      area: rectangleToFilm(cells, size, geometry),
      outOfDistribution,
      warnings: [...warnings, ...doubts, ...contradictions(found)],
      timings: { ...timings, ...clock.laps },
    };
  }

  async function answer(film: FilmSource, { maps = false, signal }: AnswerOptions = {}): Promise<FilmAnswer> {
    return admitted(signal, async () => {
      // No film is read for a model that can't answer.
      await kept.current();
      const read = await readers.withReader((reader) => reader.read(film, geometry), { signal });
      signal?.throwIfAborted();
      return unlessRefused(await predicted(read, maps));
    });
  }

  async function picture(film: FilmSource, options: PictureOptions): Promise<FilmPicture> {
    const { signal } = options;
    return admitted(signal, async () => {
      if (options.style !== "film") await kept.current();
      const draw = options.style === "film" ? plainPicture : heatPicture;
      return readers.withReader((reader) => draw(reader, film, options), { signal });
    });
  }

  async function heatPicture(reader: FilmReader, film: FilmSource, options: PictureOptions): Promise<FilmPicture> {
    const { style, colours, opacity } = options;
    const read = await reader.read(film, geometry);
    options.signal?.throwIfAborted();
    const told = unlessRefused(await predicted(read, true));
    const { prediction, outOfDistribution } = told;
    const observation = observationIndex(options.observation!);
    const isBlank =
      options.blank === "below-threshold" &&
      (outOfDistribution === true || prediction.probabilities[observation]! < version.thresholds[observation]!);
    const grid = heatGrid(prediction, observation, told.area);
    const shown = isBlank ? { ...grid, values: new Float32Array(grid.values.length) } : grid;
    const { png, box, timings } = await reader.draw({
      style,
      grid: shown,
      ...(colours !== undefined && { colours }),
      ...(opacity !== undefined && { opacity }),
    });
    const why = !isBlank ? "no-region" : outOfDistribution === true ? "no-decision" : "below-threshold";
    const warnings = box === null ? [...told.warnings, filmWarning(why)] : told.warnings;
    return { png, box, outOfDistribution, warnings, timings: { ...told.timings, ...timings } };
  }

  function unlessRefused(told: FilmAnswer): FilmAnswer {
    if (refuse !== OUT_OF_DISTRIBUTION || !told.outOfDistribution) return told;
    const warning = told.warnings.find(({ code }) => code === OUT_OF_DISTRIBUTION);
    throw new InputError(OUT_OF_DISTRIBUTION, warning?.message ?? FILM_REFUSALS[OUT_OF_DISTRIBUTION].text);
  }

  return {
    version,
    statuses,
    get ready() {
      return kept.ready;
    },
    answer,
    picture,
    predict: (films, { explain = false } = {}) =>
      eachOf(films, Math.min(FILMS_AT_ONCE, mostFilms), (film) =>
        answer(film, { maps: explain }).catch((error: unknown) => ({ error: reportError(error) })),
      ),
    async vitals() {
      const model = await kept.current();
      const [own, reading] = await Promise.all([model.call("vitals", null, { wall }), readers.vitals()]);
      return {
        ...own,
        residentBytes: reading.reduce((sum, { residentBytes }) => sum + residentBytes, own.residentBytes),
        readers: reading.map(({ process }) => process),
      };
    },
    async close() {
      closed = true;
      await Promise.all([kept.close(), readers.close()]);
    },
  };
}

async function plainPicture(reader: FilmReader, film: FilmSource, { signal }: PictureOptions): Promise<FilmPicture> {
  const { warnings, timings: reading } = await reader.read(film, null);
  signal?.throwIfAborted();
  const { png, timings } = await reader.draw({ style: "film", grid: null });
  return { png, box: null, outOfDistribution: null, warnings, timings: { ...reading, ...timings } };
}

type ModelProcess = CallProcess<ModelCalls>;

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
