import { TemporaryError } from "../../lib/domain/errors.ts";

/** Milliseconds that a request waits for a place before it is told to come again. */
const PATIENCE = 1000;
/** Requests that may wait, each with its body in memory (body-room.ts). */
const MOST_WAITING = 256;

/**
 * Lets so many films in at once, so that a crowd of them can't take all memory. Whoever finds no place waits a moment, in
 * turn: a burst is answered, and a client that comes again at once can't keep the service busy with refusals.
 */
export function admission(places: number, patience: number = PATIENCE): { enter(): Promise<() => void> } {
  let inside = 0;
  const waiting: (() => void)[] = [];

  const busy = (): TemporaryError => new TemporaryError("busy", `${inside} films are being answered; try again`);

  /** A place that someone leaves. */
  function nextPlace(): Promise<void> {
    if (waiting.length >= MOST_WAITING) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(go), 1);
        reject(busy());
      }, patience);
      waiting.push(go);
    });
  }

  return {
    /** @returns what is to be called on leaving @throws TemporaryError `busy` */
    async enter() {
      if (inside < places) inside += 1;
      else await nextPlace();
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const next = waiting.shift();
        if (next === undefined) inside -= 1;
        else next();
      };
    },
  };
}
