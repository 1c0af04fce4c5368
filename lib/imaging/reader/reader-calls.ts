import type { FilmFacts, HeatColours, PictureStyle, Warning } from "../../contracts/api.ts";
import type { Rectangle, Size } from "../../domain/geometry.ts";
import type { SquareGeometry } from "../../engine/resize.ts";
import type { Film } from "../film.ts";
import type { HeatGrid } from "../heat.ts";

/** A file's bytes, or a film that was read before. */
export type FilmSource = Uint8Array | Film;

/** Milliseconds by part of the work. */
export type Timings = Readonly<Record<string, number>>;

/** What a process holds at the moment. */
export interface Vitals {
  /** Tensors in TensorFlow's hands. */
  readonly tensors: number;
  readonly residentBytes: number;
  readonly process: number;
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

export interface DrawOptions {
  readonly style: PictureStyle;
  readonly colours?: HeatColours;
  /** Of the map at its hottest, 0 to 1. */
  readonly opacity?: number;
  /** None for the style `film`. */
  readonly grid: HeatGrid | null;
}

/** A film as PNG, with or without a heat map. */
export interface Drawn {
  readonly png: Uint8Array;
  /** Bounds of the hottest region in film pixels; null where there is none. */
  readonly box: Rectangle | null;
  readonly timings: Timings;
}

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
