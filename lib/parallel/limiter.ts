export interface LimiterOptions {
  /** So many are inside at one time. */
  readonly places: number;
  /** So many may wait for a place, none where it is 0; any number if left out. */
  readonly mostWaiting?: number;
  /** Milliseconds that one waits; as long as it takes if left out. */
  readonly patience?: number;
  /** What whoever finds no place, and may not wait or has waited long enough, is told. */
  readonly full?: (inside: number) => Error;
}

/** Whose wait ends early. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined;
}

/** Lets so many in at one time; the others wait in turn. */
export interface Limiter {
  /** @returns what is to be called on leaving, once or more often @throws as `full` says; the signal's reason */
  enter(waiting?: Waiting): Promise<() => void>;
  /** The same around some work. */
  run<Result>(work: () => Promise<Result>, waiting?: Waiting): Promise<Result>;
}

export function limiter({
  places,
  mostWaiting = Number.POSITIVE_INFINITY,
  patience = Number.POSITIVE_INFINITY,
  full = (inside) => new Error(`${inside} of ${places} places are taken`),
}: LimiterOptions): Limiter {
  let inside = 0;
  /** In their order. */
  const waiting = new Set<() => void>();

  /** A place that someone leaves. */
  function nextPlace(signal: AbortSignal | undefined): Promise<void> {
    if (waiting.size >= mostWaiting) throw full(inside);
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => (): void => {
        waiting.delete(go);
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        end();
      };
      const go = settle(resolve);
      const abort = settle(() => reject(signal!.reason));
      const timer = Number.isFinite(patience)
        ? setTimeout(
            settle(() => reject(full(inside))),
            patience,
          )
        : undefined;
      signal?.addEventListener("abort", abort);
      waiting.add(go);
    });
  }

  /** Whoever leaves hands the place on, so that nobody who comes meanwhile takes it. */
  function leave(): void {
    const [next] = waiting;
    if (next === undefined) inside -= 1;
    else next();
  }

  async function enter({ signal }: Waiting = {}): Promise<() => void> {
    signal?.throwIfAborted();
    if (inside < places) inside += 1;
    else await nextPlace(signal);
    let isInside = true;
    return () => {
      if (isInside) leave();
      isInside = false;
    };
  }

  return {
    enter,
    async run(work, turn) {
      const leave = await enter(turn);
      try {
        return await work();
      } finally {
        leave();
      }
    },
  };
}
