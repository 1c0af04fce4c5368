import { reportError, TemporaryError } from "../domain/errors.ts";
import { backOff } from "../parallel/back-off.ts";

/** Something that runs until it ends. */
export interface Ending {
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

export interface KeptUp<P> {
  /** Whether it is up. */
  readonly ready: boolean;
  /**
   * What is up, or is once the start under way has succeeded.
   * @throws TemporaryError `not-ready` where the last start failed
   */
  current(): Promise<P>;
  close(): Promise<void>;
}

/** Milliseconds before another try, up to a limit that keeps recovery in seconds. */
const WAIT = { first: 250, longest: 5000 };
/** What lived less long counts as a start that failed, so that nothing is started without a pause. */
const STEADY = 10_000;

/**
 * Keeps something up: where it ends it is started again, at once, and by its own clock again and again where that fails.
 * @throws what the first start throws
 */
export async function keepUp<P extends Ending>(start: () => Promise<P>): Promise<KeptUp<P>> {
  const closing = new AbortController();
  const { signal } = closing;
  let up: P | undefined;
  let failures = 0;
  let fault: unknown;
  let attempt: Promise<P> = start().then(watch);

  function watch(started: P): P {
    up = started;
    fault = undefined;
    const since = Date.now();
    void started.ended.then(() => {
      up = undefined;
      failures = Date.now() - since < STEADY ? failures + 1 : 0;
      revive();
    });
    return started;
  }

  function revive(): void {
    if (signal.aborted) return;
    attempt = pause().then(start).then(watch);
    attempt.catch((error) => {
      fault = error;
      failures += 1;
      revive();
    });
  }

  const pause = async (): Promise<void> => {
    if (failures > 0) await backOff(WAIT, failures, signal);
  };

  await attempt;
  return {
    get ready() {
      return up !== undefined && !signal.aborted;
    },
    async current() {
      if (up !== undefined) return up;
      if (fault !== undefined) throw notReady(fault);
      return attempt.catch((cause) => {
        throw notReady(cause);
      });
    },
    async close() {
      closing.abort();
      await (await attempt.catch(() => undefined))?.stop();
    },
  };
}

/** A model's folder that is away, or a file in it that was changed, may be as it was when it is looked at again. */
const notReady = (cause: unknown): TemporaryError =>
  new TemporaryError(
    "not-ready",
    `the model can't be loaded at the moment, and is tried again (${reportError(cause).message})`,
    {
      cause,
    },
  );
