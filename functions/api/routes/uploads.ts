import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../app-env.ts";
import { uploadBody } from "../bodies.ts";
import type { AppOptions } from "../dependencies.ts";
import { type FilmDoor, uploadsOff } from "../film-door.ts";
import type { Uploads } from "../uploads/uploads.ts";
import * as routes from "./routes.ts";

interface UploadRoutesOptions {
  readonly ownOrigin: AppOptions["ownOrigin"] | undefined;
  readonly uploads: Uploads | undefined;
  readonly door: FilmDoor;
}

/** Films that are sent ahead. */
export function uploadRoutes(app: OpenAPIHono<AppEnv>, { uploads, door, ownOrigin }: UploadRoutesOptions): void {
  app.openapi(routes.startUpload, async (c) => {
    if (uploads === undefined) throw uploadsOff();
    return c.json(await uploads.start(ownOrigin?.(c.req.url)), 201, { "cache-control": "no-store" });
  });

  if (uploads !== undefined) app.use("/v1/uploads/:upload", ...door.guard(uploads.maxBytes));

  app.openapi(routes.receiveUpload, async (c) => {
    if (uploads?.receive === undefined) throw uploadsOff();
    const { upload } = c.req.valid("param");
    await uploads.receive(upload, c.req.valid("query").signature, await uploadBody(c));
    return c.body(null, 204);
  });
}
