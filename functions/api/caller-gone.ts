import type { Context } from "hono";
import { TemporaryError } from "../../lib/domain/errors.ts";

/** Fires where the caller goes before it has its answer: nothing is computed for nobody. */
export function callerGone(c: Context): AbortSignal {
  const gone = new AbortController();
  const tell = (): void => gone.abort(new TemporaryError("caller-gone", "the caller went before it had its answer"));
  const { signal } = c.req.raw;
  if (signal.aborted) tell();
  else signal.addEventListener("abort", tell, { once: true });
  return gone.signal;
}
