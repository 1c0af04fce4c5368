import { type ServeOptions, serveModel } from "../../functions/api/serve-model.ts";
import type { RunningServer } from "../../functions/api/server.ts";
import { reportError } from "../../lib/domain/errors.ts";

const USUAL_PORT = 8080;

/** Serves until Ctrl-C or SIGTERM, which is a good end. Without a port, the usual one or any that is free. */
export async function serveUntilStopped(options: Omit<ServeOptions, "port"> & { port?: number }): Promise<void> {
  console.error("Loading the model…");
  const server = await serveAtPort(options);
  console.log(server.url);
  console.error("Open it in a browser. Ctrl-C ends it. Not for clinical use.");
  await askedToStop();
  await server.close();
}

/** The listeners stay: one Ctrl-C may come twice, from the terminal and forwarded by npm. */
const askedToStop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve());
  });

async function serveAtPort({
  port,
  ...options
}: Omit<ServeOptions, "port"> & { port?: number }): Promise<RunningServer> {
  if (port !== undefined) return serveModel({ ...options, port });
  try {
    return await serveModel({ ...options, port: USUAL_PORT });
  } catch (error) {
    if (reportError(error).code !== "port-in-use") throw error;
    return serveModel({ ...options, port: 0 });
  }
}
