import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";

/** One entry a request: the route's pattern, never its URL, since a query is the caller's. */
export const requestLog =
  (log: (entry: Readonly<Record<string, unknown>>) => void): MiddlewareHandler =>
  async (c, next) => {
    const started = performance.now();
    await next();
    log({
      event: "request",
      requestId: c.get("requestId"),
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      milliseconds: Math.round(performance.now() - started),
    });
  };
