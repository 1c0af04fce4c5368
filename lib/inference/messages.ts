import type { FilmFacts, Warning } from "../contracts/api.ts";
import type { ModelVersion } from "../contracts/model-version.ts";
import type { Size } from "../domain/geometry.ts";
import type { SquareGeometry } from "../engine/resize.ts";
import type { HeatGrid } from "../imaging/heat.ts";
import type { FilmPicture, FilmSource, PictureOptions, Timings, Vitals } from "./film-service.ts";
import type { Prediction } from "./prediction.ts";
import type { Strangeness } from "./strangeness.ts";

/** A film's pixels as the network takes them: size x size grey values. */
export interface Square {
  readonly pixels: Uint8Array;
  /** Whether to make the heat maps, too. */
  readonly maps: boolean;
}

export interface Predicted extends Strangeness {
  readonly prediction: Prediction;
}

/** What the process that holds the model is asked, and what it answers. */
export interface ModelCalls {
  readonly load: { ask: { versionFolder: string; version: ModelVersion }; answer: null };
  readonly predict: { ask: Square; answer: Predicted };
  readonly vitals: { ask: null; answer: Vitals };
}

/** What a film's reader found. */
export interface ReadFilm {
  readonly facts: FilmFacts;
  readonly size: Size;
  readonly warnings: readonly Warning[];
  /** See Film. */
  readonly drawn: boolean;
  /** Empty where no geometry was given. */
  readonly pixels: Uint8Array;
  readonly timings: Timings;
}

export interface DrawOptions extends Pick<PictureOptions, "style" | "colours" | "opacity"> {
  /** None for the style `film`. */
  readonly grid: HeatGrid | null;
}

export type Drawn = Pick<FilmPicture, "png" | "box" | "timings">;

/** What a process that reads films is asked, and what it answers; one film after the other. */
export interface ReaderCalls {
  /** The next piece of a file that is too long for one message. */
  readonly take: { ask: Uint8Array; answer: null };
  /**
   * Reads a film, of the pieces that were taken where none is given, and keeps it until the next; where there is no geometry
   * it is neither checked nor made a square.
   */
  readonly read: { ask: { film: FilmSource | null; geometry: SquareGeometry | null }; answer: ReadFilm };
  /** Draws the film that was read last. */
  readonly draw: { ask: DrawOptions; answer: Drawn };
  readonly vitals: { ask: null; answer: Vitals };
}

/** Calls by their name: what is asked, and what is answered. */
export type CallTable<Calls> = { readonly [Name in keyof Calls]: { ask: unknown; answer: unknown } };

export interface Request {
  readonly id: number;
  readonly call: string;
  readonly ask: unknown;
}
