import { type ServedModel, type ServeOptions, serveModel } from "../../functions/api/serve-model.ts";
import { serveRuns } from "../../functions/api/serve-runs.ts";
import type { RunningServer } from "../../functions/api/server.ts";
import { reportError } from "../../lib/domain/errors.ts";

const USUAL_PORT = 8080;

/** Serves until Ctrl-C or SIGTERM, which is a good end. Without a port, the usual one or any that is free. */
export async function serveUntilStopped(
  options: Omit<ServeOptions, "port" | "onFallback" | "onSwap"> & { port?: number },
): Promise<void> {
  console.error("Loading the model…");
  const server = await atUsualPort((port) => serveModel({ ...options, port, onFallback, onSwap }), options.port);
  console.log(server.url);
  if (server.model.caution !== null) console.error(server.model.caution);
  console.error("Open it in a browser. Ctrl-C ends it. Not for clinical use.");
  await askedToStop();
  await server.close();
}

const onFallback = (version: string, error: unknown): void =>
  console.error(
    `hilum: warning: version ${version} is in production and does not load: ${reportError(error).message}\n` +
      "hilum: warning: the version before it answers; hilum models rollback makes that the one in production",
  );

const onSwap = ({ name, version, caution }: ServedModel["model"]): void =>
  console.error(
    [`Version ${version} (${name}) was promoted and answers now.`, ...(caution ? [caution] : [])].join("\n"),
  );

/** The page about the runs of a room, without a model. */
export const watchRuns = (runs: string, port: number | undefined): Promise<RunningServer> =>
  atUsualPort((at) => serveRuns(runs, at), port);

/** The same until Ctrl-C or SIGTERM. */
export async function watchUntilStopped(runs: string, port: number | undefined): Promise<void> {
  const server = await watchRuns(runs, port);
  console.log(`${server.url}/runs`);
  console.error("Open it in a browser. Ctrl-C ends it.");
  await askedToStop();
  await server.close();
}

/** The listeners stay: one Ctrl-C may come twice, from the terminal and forwarded by npm. */
const askedToStop = (): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve());
  });

async function atUsualPort<T>(start: (port: number) => Promise<T>, port: number | undefined): Promise<T> {
  if (port !== undefined) return start(port);
  try {
    return await start(USUAL_PORT);
  } catch (error) {
    if (reportError(error).code !== "port-in-use") throw error;
    return start(0);
  }
}
