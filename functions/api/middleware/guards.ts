import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "../app-env.ts";

const SELF = "'self'";

/**
 * Headers of every answer: nothing but our own origin, no frames, no sniffing, no referrer.
 * @param uploads origin that our page may post films to besides
 */
export function guards(uploads?: string): MiddlewareHandler<AppEnv> {
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: [SELF],
      styleSrc: [SELF],
      imgSrc: [SELF, "blob:", "data:"],
      connectSrc: uploads === undefined ? [SELF] : [SELF, uploads],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
    crossOriginResourcePolicy: "same-origin",
    strictTransportSecurity: false,
  });
  return async (c, next) => {
    await secure(c, next);
    const policy = c.get("contentPolicy");
    if (policy !== undefined) c.res.headers.set("content-security-policy", policy);
  };
}

/** Headers that a page of another origin may read. */
const EXPOSED = ["x-request-id", "x-model-version", "server-timing", "retry-after", "x-film-warnings"];

/** Lets pages of the given origins call; every other origin's browser keeps its answers from them. */
export const allowOrigins = (origins: readonly string[]): MiddlewareHandler =>
  cors({ origin: [...origins], allowMethods: ["GET", "POST"], exposeHeaders: EXPOSED, maxAge: 600 });
