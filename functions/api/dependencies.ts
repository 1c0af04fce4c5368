import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Evaluation } from "../../lib/contracts/evaluation.ts";
import type { ModelCard } from "../../lib/contracts/model-card.ts";
import type { Channels, ModelVersion } from "../../lib/contracts/model-version.ts";
import { MOST_FILMS, type Predictor } from "../../lib/inference/predictor.ts";
import type { AppEnv } from "./app-env.ts";
import type { FeedbackBook } from "./feedback/feedback.ts";
import type { CallerRules } from "./middleware/callers.ts";
import type { People } from "./middleware/people.ts";
import type { Uploads } from "./uploads/uploads.ts";

/** What answers for films; refused films are InputErrors, and nothing of a film stays after the answer. */
export type FilmService = Pick<Predictor, "ready" | "answer" | "picture">;

/** What the app tells of model versions, whether one of them answers or not. */
export interface ModelRecords {
  channels(): Promise<Channels | null>;
  /** @throws InputError `no-such-version`, `model-name`, `no-model` */
  version(version: string): Promise<ModelDocuments>;
}

export interface LoadedShelf extends ModelRecords {
  /** The version that answers now, with its evaluation where it has one. */
  readonly loaded: ModelDocuments;
}

/** Nothing answers: no version was promoted yet, it is being loaded, or it does not load. */
export interface EmptyShelf extends ModelRecords {
  readonly loaded: null;
  /** What everything that needs a model is answered with. */
  readonly reason: unknown;
}

export type ModelShelf = LoadedShelf | EmptyShelf;

export interface ModelDocuments {
  readonly manifest: ModelVersion;
  readonly card: ModelCard | null;
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
  /** Requests with films being answered at one time. */
  readonly requestsAtOnce: number;
  /** Films of one request. */
  readonly batchFilms: number;
  /** Bytes of all films of one request. */
  readonly batchBytes: number;
  /** Bytes of all requests' bodies that are on their way in or being answered. */
  readonly heldBytes: number;
  /** Bytes of tensors as JSON, which is read on the thread that answers for health. */
  readonly inferBytes: number;
}

export interface AppOptions {
  readonly films: FilmService;
  readonly models: ModelShelf;
  readonly samples?: () => Promise<readonly Sample[]>;
  /** Where films go that are sent ahead; without, none are. */
  readonly uploads?: Uploads;
  /** Where readers' labels go; without, none are taken. */
  readonly feedback?: FeedbackBook;
  readonly limits?: Partial<Limits>;
  /** Origins that may call from a browser besides our own; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Who may call a server that has no log-in; the deployed API's log-in is not a browser's to send by itself. */
  readonly callers?: CallerRules;
  /** The origin of ours that a request at that URL is answered by; needed where the service itself takes uploads. */
  readonly ownOrigin?: (url: string) => string;
  /** Where people log in, and by their groups may do some things; without, whoever reaches the app may do all. */
  readonly people?: People;
  /** Folder of the page's files; none for an API without a page. */
  readonly pageFolder?: string | null;
  /** Adds routes that the deployed API has not: the page about runs. */
  readonly alsoServe?: (app: OpenAPIHono<AppEnv>) => void;
  /** Takes one JSON-able entry a request or fault; nothing of a film stands in it. */
  readonly log?: (entry: Readonly<Record<string, unknown>>) => void;
}

/** Films of one request on their way at one time: enough for the model to see batches. */
export const FILMS_OF_A_REQUEST = 4;

export const LIMITS: Limits = {
  filmBytes: 50_000_000,
  // So many that each of their films finds a place with the model.
  requestsAtOnce: MOST_FILMS / FILMS_OF_A_REQUEST,
  batchFilms: 32,
  batchBytes: 100_000_000,
  heldBytes: 500_000_000,
  inferBytes: 8_000_000,
};
