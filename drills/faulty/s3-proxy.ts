import { once } from "node:events";
import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { recordOf } from "../../lib/domain/record-of.ts";

/** What happens to one request. */
export const S3_FAULTS = [
  "500",
  "503",
  "reset-before",
  "reset-after",
  "stall",
  "truncated",
  "flipped-answer",
  "flipped-request",
] as const;
export type S3Fault = (typeof S3_FAULTS)[number];

export interface FaultyProxy {
  readonly url: string;
  /** How often each fault has happened. */
  readonly done: Readonly<Record<S3Fault, number>>;
  close(): Promise<void>;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly response: ServerResponse;
}

/** Passes the request on as it is, signature and all, and gives the whole answer. */
async function forward(target: URL, { request: asked, body }: Pick<Exchange, "request" | "body">) {
  const options = { host: target.hostname, port: target.port, method: asked.method, path: asked.url };
  const sent: ClientRequest = request({ ...options, headers: asked.headers, setHost: false });
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { answer, content: asked.method === "HEAD" ? Buffer.alloc(0) : await buffer(answer) };
}

const error = ({ response }: Exchange, status: number, code: string): void => {
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>drill</Message></Error>`;
  response.writeHead(status, { "content-type": "application/xml" }).end(text);
};

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  if (copy.length > 0) copy[Math.floor(at * copy.length)]! ^= 1;
  return copy;
};

/**
 * An S3 server's neighbour that harms one request in so many.
 * @param share of requests that meet a fault, 0 to 1
 */
export async function faultyProxy(
  target: string,
  { share, faults, next }: { share: number; faults: readonly S3Fault[]; next: () => number },
): Promise<FaultyProxy> {
  const done = recordOf(S3_FAULTS, () => 0);
  const goal = new URL(target);

  /** Whether a fault of the kind can show on this request. */
  const fits: Partial<Record<S3Fault, (exchange: Exchange) => boolean>> = {
    "flipped-request": ({ body }) => body.length > 0,
    "flipped-answer": ({ request: { method, url } }) => method === "GET" && !url?.includes("list-type"),
    truncated: ({ request: { method } }) => method === "GET",
  };

  /** Each kind is met as often as the others, where requests allow it. */
  const rarest = (of: readonly S3Fault[]): S3Fault | undefined => of.toSorted((a, b) => done[a] - done[b])[0];

  const server = createServer(async (asked, response) => {
    const exchange: Exchange = { request: asked, body: await buffer(asked), response };
    const fitting = faults.filter((fault) => fits[fault]?.(exchange) ?? true);
    const harm = next() < share ? rarest(fitting) : undefined;
    if (harm !== undefined) done[harm] += 1;
    if (harm === "500") return error(exchange, 500, "InternalError");
    if (harm === "503") return error(exchange, 503, "SlowDown");
    if (harm === "reset-before") return void asked.socket.destroy();
    if (harm === "stall" && next() < 0.5) return;
    const body = harm === "flipped-request" ? flipped(exchange.body, next()) : exchange.body;
    const { answer, content } = await forward(goal, { request: asked, body });
    if (harm === "reset-after") return void asked.socket.destroy();
    const { "transfer-encoding": _, connection: __, ...headers } = answer.headers;
    const length = asked.method === "HEAD" ? headers["content-length"] : String(content.length);
    response.writeHead(answer.statusCode!, { ...headers, ...(length !== undefined && { "content-length": length }) });
    if (harm === "truncated" || harm === "stall") {
      response.write(content.subarray(0, Math.floor(content.length * next())));
      if (harm === "truncated") setTimeout(() => asked.socket.destroy(), 20);
      return;
    }
    response.end(harm === "flipped-answer" && answer.statusCode! < 300 ? flipped(content, next()) : content);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
