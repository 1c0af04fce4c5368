import type { MiddlewareHandler } from "hono";
import { InputError } from "../../../lib/domain/errors.ts";

export const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]", "::1"]);

const READING: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** What a browser says of the page that calls: ours, or nobody's, as where a person types an address. */
const OWN_SITE: ReadonlySet<string> = new Set(["same-origin", "none"]);

export interface CallerRules {
  /** Whether the server listens to this machine alone; it then has no other name. */
  readonly loopback: boolean;
  /** Origins whose pages may call besides our own. */
  readonly origins: readonly string[];
}

/**
 * Refuses what a browser sends for a page of somebody else's. A server without log-in is reached by every page that is
 * open in the same browser: by a form or `fetch`, which send without asking where they read nothing, and by a name that
 * is made to mean this machine (DNS rebinding), which reads as well. Programs send neither header.
 * https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/
 * Answers with the problems `foreign-host` and `foreign-origin`.
 */
export const ownCallers =
  (rules: CallerRules): MiddlewareHandler =>
  (c, next) => {
    checkCaller(c.req.raw, rules);
    return next();
  };

function checkCaller(request: Request, { loopback, origins }: CallerRules): void {
  const { host, hostname } = new URL(request.url);
  if (loopback && !LOOPBACK.has(hostname)) {
    throw new InputError("foreign-host", "the call names another host; expected localhost or its address");
  }
  if (READING.has(request.method)) return;
  const origin = request.headers.get("origin");
  if (origin !== null && origins.includes(origin)) return;
  const site = request.headers.get("sec-fetch-site");
  const isOwn =
    (site === null || OWN_SITE.has(site)) && (origin === null || origin.replace(/^https?:\/\//, "") === host);
  if (!isOwn) {
    throw new InputError(
      "foreign-origin",
      "a page of another origin sent this; expected one of ours, or of an origin that is allowed (--cors-origin)",
    );
  }
}
