import { setImmediate as nextTurn } from "node:timers/promises";

/** Bytes that are looked at before others have their turn: some milliseconds at most of the thread that answers for health. */
export const TURN_BYTES = 1 << 17;

let last: Promise<void> = Promise.resolve();

/** Requests that wait for a turn have one in each round of the event loop, whatever there are of them. */
function turn(): Promise<void> {
  last = last.then(() => nextTurn());
  return last;
}

/** Lets others have their turn whenever so many bytes were worked on since the last. */
export class Turns {
  #since = 0;

  async worked(bytes: number): Promise<void> {
    this.#since += bytes;
    if (this.#since < TURN_BYTES) return;
    this.#since = 0;
    await turn();
  }
}
