import type * as z from "zod";
import type { BlankMaps, FilmFacts, HeatColours, PictureStyle, Warning } from "../contracts/api.ts";
import type { Rectangle } from "../domain/geometry.ts";
import type { Observation } from "../domain/observations.ts";
import type { Timings } from "../imaging/reader/reader-calls.ts";
import type { Prediction } from "./prediction.ts";

/** A film read and answered for. */
export interface FilmAnswer {
  readonly film: FilmFacts;
  readonly prediction: Prediction;
  /** What the maps' grid covers, in film pixels. */
  readonly area: Rectangle;
  /** Whether the film is unlike those that the model learned from; null where the version has no check for it. */
  readonly outOfDistribution: boolean | null;
  readonly warnings: readonly Warning[];
  readonly timings: Timings;
}

export interface AnswerOptions {
  /** Whether to make the heat maps of all observations; about the price of one prediction more. */
  readonly maps?: boolean;
  /** Fires where nobody waits for the answer any more: what is not begun is not begun then. */
  readonly signal?: AbortSignal | undefined;
}

export interface PictureOptions {
  readonly style: PictureStyle;
  /** Whose map; needed for every style but `film`. */
  readonly observation?: Observation | undefined;
  readonly colours?: HeatColours;
  /** Of the map at its hottest, 0 to 1. */
  readonly opacity?: number;
  /** Leaves the map out where the probability lies below the threshold. */
  readonly blank?: z.infer<typeof BlankMaps>;
  /** As of an answer. */
  readonly signal?: AbortSignal | undefined;
}

/** A film as PNG at its own size or, with a heat map, at most LONGEST_DRAWN_SIDE. */
export interface FilmPicture {
  readonly png: Uint8Array;
  /** Bounds of the hottest region in film pixels; null where there is none. */
  readonly box: Rectangle | null;
  /** As of an answer; null for the style `film`, too. */
  readonly outOfDistribution: boolean | null;
  readonly warnings: readonly Warning[];
  readonly timings: Timings;
}
