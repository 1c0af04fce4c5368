import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { InputError } from "../../../lib/domain/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { openApiDocument, registerComponents } from "../openapi.ts";
import { type PageFile, readPageFiles } from "../page-files.ts";
import * as routes from "./routes.ts";

/** The OpenAPI document, made once. */
export function documentRoutes(app: OpenAPIHono<AppEnv>): void {
  registerComponents(app);
  const documents = new Map<string, object>();
  app.openapi(routes.describeApi, (c) => {
    const { version } = c.req.valid("query");
    const document = documents.get(version) ?? openApiDocument(app, version);
    documents.set(version, document);
    return c.json(document, 200);
  });
}

/** The page at `/`, the API's description at `/docs`, and their files under `/page/`. */
export function pageRoutes(app: OpenAPIHono<AppEnv>, folder: string): void {
  const files = pageFileRoutes(app, folder);
  app.get("/", (c) => send(c, files.get("index.html")));
  app.get("/docs", (c) => send(c, files.get("docs.html")));
}

/** The files under `/page/`, which other pages use as well. */
export function pageFileRoutes(app: OpenAPIHono<AppEnv>, folder: string): ReturnType<typeof readPageFiles> {
  const files = readPageFiles(folder);
  app.get("/page/:file", (c) => send(c, files.get(c.req.param("file"))));
  return files;
}

/** A file of a page. @throws InputError `not-found` */
export function send(c: Context, file: PageFile | undefined): Response {
  if (file === undefined) throw new InputError("not-found", `${c.req.path}: no such page`);
  const headers = { etag: file.etag, "cache-control": "no-cache" };
  if (c.req.header("if-none-match") === file.etag) return c.body(null, 304, headers);
  return c.body(file.bytes, 200, { ...headers, "content-type": file.type });
}
