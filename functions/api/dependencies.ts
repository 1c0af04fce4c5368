import type { FilmFacts, HeatColours, PictureStyle, Rectangle, Warning } from "../../lib/contracts/api.ts";
import type { Evaluation } from "../../lib/contracts/evaluation.ts";
import type { Channels, ModelVersion } from "../../lib/contracts/model-version.ts";
import type { Observation } from "../../lib/domain/observations.ts";
import type { Prediction } from "../../lib/inference/prediction.ts";

/** A film read and answered for. */
export interface FilmAnswer {
  readonly film: FilmFacts;
  readonly prediction: Prediction;
  /** What the maps' grid covers, in film pixels. */
  readonly area: Rectangle;
  readonly warnings: readonly Warning[];
  /** Milliseconds by part of the work, for `server-timing`. */
  readonly timings: Readonly<Record<string, number>>;
}

export interface PictureOptions {
  readonly style: PictureStyle;
  readonly observation: Observation | undefined;
  readonly colours: HeatColours;
  /** Of the map at its hottest, 0 to 1. */
  readonly opacity: number;
}

/** A film as PNG at its own size, with or without a heat map. */
export interface FilmPicture {
  readonly png: Uint8Array;
  readonly warnings: readonly Warning[];
  readonly timings: Readonly<Record<string, number>>;
}

/** What answers for films. Refused films are InputErrors; nothing of a film stays after the answer. */
export interface FilmService {
  /** False until the model is loaded and has answered once. */
  readonly ready: boolean;
  answer(film: Uint8Array, options: { readonly maps: boolean }): Promise<FilmAnswer>;
  picture(film: Uint8Array, options: PictureOptions): Promise<FilmPicture>;
}

/** What the app tells of model versions. */
export interface ModelShelf {
  /** The version that answers now, with its evaluation where it has one. */
  readonly loaded: ModelDocuments;
  channels(): Promise<Channels | null>;
  /** @throws InputError `unknown-model` */
  version(version: string): Promise<ModelDocuments>;
}

export interface ModelDocuments {
  readonly manifest: ModelVersion;
  readonly evaluation: Evaluation | null;
}

/** A generated film that the page offers to try. */
export interface Sample {
  readonly name: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly png: Uint8Array;
}

export interface Limits {
  /** Bytes of a film. */
  readonly filmBytes: number;
  /** Films being answered at one time. */
  readonly filmsAtOnce: number;
}

export interface AppOptions {
  readonly films: FilmService;
  readonly models: ModelShelf;
  readonly samples?: readonly Sample[];
  readonly limits?: Partial<Limits>;
  /** Origins that may call from a browser besides our own; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Folder of the page's files; none for an API without a page. */
  readonly pageFolder?: string | null;
  /** Takes one JSON-able entry a request or fault; nothing of a film stands in it. */
  readonly log?: (entry: Readonly<Record<string, unknown>>) => void;
}

export const LIMITS: Limits = { filmBytes: 50_000_000, filmsAtOnce: 16 };
