import { once } from "node:events";
import { type Answering, followProduction, type LiveModelOptions } from "./live-model.ts";

type Fetch = (request: Request) => Response | Promise<Response>;

/** A version that answers requests. */
export interface Answerer extends Answering {
  readonly fetch: Fetch;
}

export interface ProductionServerOptions<T extends Answerer>
  extends Pick<LiveModelOptions<T>, "channels" | "open" | "onFallback"> {
  /** Told of each version that takes another's place. */
  readonly onSwap: (answerer: T) => void;
}

/** Milliseconds between looks at what is in production, and at a version there that did not load. */
const CHECK_MS = 1000;
const RETRY_MS = 5000;

/**
 * Answers each request by the version that was in production when it came, wholly: the next version is loaded beside it and
 * takes what comes from then on, and the one before ends when all that it was asked is answered.
 * @throws what the version in production threw, where neither it nor the one before loads
 */
export async function productionServer<T extends Answerer>({ onSwap, ...options }: ProductionServerOptions<T>) {
  let told: Parameters<typeof options.onFallback> | undefined;
  const ending = new AbortController();
  const open = async (version: string): Promise<T> => drained(await options.open(version), ending.signal);
  const live = followProduction({
    ...options,
    open,
    checkMs: 0,
    retryMs: RETRY_MS,
    onFallback: (...fallback) => {
      told = fallback;
      if (first !== undefined) options.onFallback(...fallback);
    },
  });
  let first: T | undefined;
  first = await live.current();
  if (first === undefined) throw told?.[1] ?? live.reason;
  if (told !== undefined) options.onFallback(...told);

  let answering = first;
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    const now = await live.current();
    if (now === undefined || now === answering) return;
    answering = now;
    onSwap(now);
  };
  const looks = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  }, CHECK_MS);
  return {
    first,
    fetch: (request: Request) => (live.known ?? answering).fetch(request),
    async close() {
      clearInterval(looks);
      ending.abort();
      await looking;
      await live.known?.close();
    },
  };
}

/** The same, but it closes only once what it was asked is answered, or all is to end. */
function drained<T extends Answerer>(answerer: T, ending: AbortSignal): T {
  let inside = 0;
  const emptied = new EventTarget();
  const fetch: Fetch = async (request) => {
    inside += 1;
    try {
      return await answerer.fetch(request);
    } finally {
      inside -= 1;
      if (inside === 0) emptied.dispatchEvent(new Event("empty"));
    }
  };
  const empty = (): Promise<unknown> => Promise.race([once(emptied, "empty"), once(ending, "abort")]);
  const close = async (): Promise<void> => {
    if (inside > 0 && !ending.aborted) await empty();
    await answerer.close();
  };
  return { ...answerer, fetch, close };
}
