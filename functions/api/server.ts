import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { InputError } from "../../lib/domain/errors.ts";
import { createApp } from "./app.ts";
import { dropIdleFirst, mostConnections } from "./connections.ts";
import type { AppOptions } from "./dependencies.ts";
import { LOOPBACK } from "./middleware/callers.ts";
import { inUrl, originsOf, ownOrigin } from "./own-origins.ts";

export interface ListenOptions {
  /** 0 for any that is free. */
  readonly port: number;
  readonly host?: string;
  readonly timeOuts?: Partial<typeof TIME_OUTS>;
}

export interface ServerOptions extends Omit<AppOptions, "ownOrigin">, ListenOptions {
  /** By which others call it, where that is not its own address; no request is believed about it. */
  readonly origin?: string;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080`, without a slash at its end. */
  readonly url: string;
  /** Takes no more requests, lets those under way end for some seconds, then cuts them. */
  close(): Promise<void>;
}

/** Milliseconds after which a client is too slow: for its headers, for its whole request, between requests. */
const TIME_OUTS = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};

const HERE = "127.0.0.1";

/** Whether only this machine reaches a server on that host. */
export const isLoopback = (host: string = HERE): boolean => LOOPBACK.has(host);

const CLOSING_GRACE = 5_000;

/** A body comes with so many bytes a second at least, once it has had its first seconds; its place is others' too. */
const SLOWEST_BODY = { bytesPerSecond: 50_000, graceSeconds: 4 } as const;

/** The app as this machine's server has it. */
export const localApp = (options: AppOptions & Pick<ListenOptions, "host">): ReturnType<typeof createApp> =>
  createApp({ ...options, callers: { loopback: isLoopback(options.host), origins: options.corsOrigins ?? [] } });

/** The app on this machine. @throws InputError `port-in-use` */
export async function startServer({ origin, ...options }: ServerOptions): Promise<RunningServer> {
  let origins: readonly string[] = [];
  const app = localApp({ ...options, ownOrigin: (url) => ownOrigin(origins, url) });
  const server = await serveHere(app.fetch, options);
  origins = originsOf(server.url, origin);
  return server;
}

/** Whatever answers requests, on this machine. @throws InputError `port-in-use` */
export async function serveHere(
  fetch: (request: Request) => Response | Promise<Response>,
  { port, host = HERE, timeOuts }: ListenOptions,
): Promise<RunningServer> {
  const server = createAdaptorServer({
    fetch,
    // HTTP/1.0, as health checks still speak it, names no host.
    hostname: "localhost",
    serverOptions: { ...TIME_OUTS, ...timeOuts },
  }) as Server;
  dropIdleFirst(server, mostConnections());
  server.on("request", dropWhereSlow);
  await listen(server, port, host);
  const address = server.address() as AddressInfo;
  return { url: `http://${inUrl(address.address)}:${address.port}`, close: () => close(server) };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const inUse = cause.code === "EADDRINUSE";
      reject(
        inUse ? new InputError("port-in-use", `port ${port}: in use; choose another with --port`, { cause }) : cause,
      );
    });
    server.listen(port, host, resolve);
  });
}

function dropWhereSlow(request: IncomingMessage): void {
  const { socket } = request;
  const [begin, before] = [performance.now(), socket.bytesRead];
  const look = setInterval(() => {
    if (request.complete || socket.destroyed) return clearInterval(look);
    const seconds = (performance.now() - begin) / 1000 - SLOWEST_BODY.graceSeconds;
    if (socket.bytesRead - before < seconds * SLOWEST_BODY.bytesPerSecond) socket.destroy();
  }, 1000);
  look.unref();
  request.once("close", () => clearInterval(look));
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSING_GRACE);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
