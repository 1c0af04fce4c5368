import { OpenAPIHono } from "@hono/zod-openapi";
import { openApiDocument, registerComponents } from "../functions/api/openapi.ts";
import * as protocolRoutes from "../functions/api/routes/inference-protocol-routes.ts";
import * as routes from "../functions/api/routes/routes.ts";
import type { ApiDocument } from "../lib/stacks/gateway-document.ts";

/** The service's OpenAPI 3.0 document from its routes alone: no model is loaded and no engine. */
export function gatewaySource(): ApiDocument {
  const app = new OpenAPIHono();
  registerComponents(app);
  for (const route of [...Object.values(routes), ...Object.values(protocolRoutes)])
    app.openAPIRegistry.registerPath(route);
  return openApiDocument(app, "3.0") as ApiDocument;
}
