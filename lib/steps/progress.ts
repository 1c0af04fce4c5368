import type { ProgressEvent } from "../contracts/progress.ts";
import { escapeText } from "../domain/shown.ts";

/** Where a step's events go; stderr, one JSON object a line, unless a test or a caller says otherwise. */
export type Emit = (event: ProgressEvent) => void;

export const emitOnStderr: Emit = (event) => {
  process.stderr.write(`${escapeText(JSON.stringify(event))}\n`);
};

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly figures?: Readonly<Record<string, number | null>>;
}

export interface Reporter {
  /** Call as often as you like: events are at most `intervalMs` apart, save the last (`done` = `total`). */
  progress(progress: Progress): void;
  note(level: "info" | "warning" | "error", message: string): void;
}

/** Milliseconds over which the rate is measured, so that it follows a change of pace without jumping. */
const RATE_WINDOW_MS = 10_000;

export function createReporter(
  step: string,
  { emit = emitOnStderr, now = () => performance.now(), intervalMs = 500 } = {},
): Reporter {
  let lastEmitted = Number.NEGATIVE_INFINITY;
  let window: { at: number; done: number }[] = [];

  return {
    progress({ done, total, unit, figures = {} }) {
      const at = now();
      // A new phase counts from the start again.
      if (window.length > 0 && done < window.at(-1)!.done) window = [];
      if (window.length > 0 && at - lastEmitted < intervalMs && done < total) return;
      lastEmitted = at;
      // The entry before the window stays, so that a pace of one event in ten seconds has a rate as well.
      const inWindow = window.findIndex((w) => at - w.at <= RATE_WINDOW_MS);
      window = [...window.slice(inWindow < 0 ? -1 : Math.max(0, inWindow - 1)), { at, done }];
      const first = window[0]!;
      const seconds = (at - first.at) / 1000;
      const rate = seconds > 0 ? (done - first.done) / seconds : null;
      const secondsLeft = rate ? (total - done) / rate : null;
      emit({ event: "progress", step, done, total, unit, rate, secondsLeft, figures });
    },
    note(level, message) {
      emit({ event: "note", step, level, message });
    },
  };
}
