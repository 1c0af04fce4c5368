import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { AppEnv } from "../app-env.ts";

interface LambdaEnv {
  readonly requestContext: { readonly requestId?: string };
}

/** What API Gateway calls the request, under which its access log says who called. */
const gatewayRequest = (env: unknown): string | undefined =>
  (env as Partial<LambdaEnv> | undefined)?.requestContext?.requestId;

/**
 * One entry a request: the route's pattern, never its URL, since a query is the caller's. Ids of its predictions lead from
 * an answer that somebody kept to who asked for it.
 */
export const requestLog =
  (log: (entry: Readonly<Record<string, unknown>>) => void): MiddlewareHandler<AppEnv> =>
  async (c, next) => {
    const started = performance.now();
    await next();
    log({
      event: "request",
      requestId: c.get("requestId"),
      gatewayRequestId: gatewayRequest(c.env),
      predictions: c.get("predictions"),
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      milliseconds: Math.round(performance.now() - started),
    });
  };
