import { OpenAPIHono } from "@hono/zod-openapi";
import { requestId } from "hono/request-id";
import { InputError } from "../../lib/domain/errors.ts";
import { openStore } from "../../lib/store/open.ts";
import type { AppEnv } from "./app-env.ts";
import { ownCallers } from "./middleware/callers.ts";
import { guards } from "./middleware/guards.ts";
import { PAGE_FOLDER } from "./page-files.ts";
import { problemResponse } from "./problems.ts";
import { pageFileRoutes } from "./routes/page.ts";
import { runRoutes } from "./routes/runs.ts";
import { isLoopback, type RunningServer, serveHere } from "./server.ts";

/**
 * The page about a store's runs alone, on this machine: for a store that has no model yet.
 * @param runs URI of the room `runs`
 * @throws InputError `port-in-use`
 */
export function serveRuns(runs: string, port: number): Promise<RunningServer> {
  const app = new OpenAPIHono<AppEnv>();
  app.use(requestId({ limitLength: 64 }));
  app.use(guards());
  app.use(ownCallers({ loopback: isLoopback(), origins: [] }));
  app.notFound((c) => problemResponse(c, new InputError("not-found", `${c.req.path}: no such route`)));
  app.onError((error, c) => problemResponse(c, error));
  app.get("/", (c) => c.redirect("/runs"));
  pageFileRoutes(app, PAGE_FOLDER);
  runRoutes(app, openStore(runs), { besideModel: false });
  return serveHere(app.fetch, { port });
}
