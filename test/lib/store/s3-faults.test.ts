import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { PreconditionError } from "../../../lib/store/errors.ts";
import { openStore } from "../../../lib/store/open.ts";
import type { Store } from "../../../lib/store/store.ts";
import { stubEnvironment } from "../../stub-environment.ts";

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const fault =
  (status: number, code: string): Answer =>
  (_, response) =>
    response
      .writeHead(status, { "content-type": "application/xml" })
      .end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>as told</Message></Error>`);
const hangUp: Answer = (request) => request.socket.destroy();
const written: Answer = (_, response) => response.writeHead(200, { etag: '"new"' }).end();
const object =
  (content: string): Answer =>
  (_, response) =>
    response.writeHead(200, { etag: '"current"' }).end(content);

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  if (server?.listening) await once(server, "close");
});

/** A store over a server that gives these answers in turn, the last one for ever. */
async function scripted(...answers: Answer[]): Promise<{ store: Store; seen: string[] }> {
  const seen: string[] = [];
  server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => Buffer.alloc(0));
    seen.push(`${request.method}${request.headers["if-none-match"] ?? ""}`);
    answers[Math.min(seen.length, answers.length) - 1]!(request, response, body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  stubEnvironment({
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test-secret",
    AWS_REGION: "us-east-1",
  });
  return { store: openStore("s3://bucket/prefix"), seen };
}

const one = Buffer.from("one");

describe("S3 store, when the service is in trouble", () => {
  it.each([
    ["it is overloaded", fault(503, "SlowDown")],
    ["it fails", fault(500, "InternalError")],
    ["the line goes dead", hangUp],
  ])("tries again when %s, and gets through", async (_, trouble) => {
    const { store, seen } = await scripted(trouble, trouble, object("one"));
    expect(Buffer.from(await store.get("key")).toString()).toBe("one");
    expect(seen).toHaveLength(3);
  });

  it.each([
    ["it stays overloaded", fault(503, "SlowDown"), TemporaryError, "store-unavailable"],
    ["nobody answers", hangUp, TemporaryError, "store-unavailable"],
    ["what was sent arrived otherwise", fault(400, "XAmzContentSHA256Mismatch"), TemporaryError, "store-unavailable"],
    ["access is refused", fault(403, "AccessDenied"), InputError, "store-access"],
    ["there is no such bucket", fault(404, "NoSuchBucket"), InputError, "store-bucket"],
    ["the session has ended", fault(400, "ExpiredToken"), InputError, "store-access"],
    ["the bucket is in another region", fault(301, "PermanentRedirect"), InputError, "store-region"],
    ["the signature names another region", fault(400, "AuthorizationHeaderMalformed"), InputError, "store-region"],
  ] as const)("says so where %s", async (_, trouble, kind, code) => {
    const { store } = await scripted(trouble);
    const error = await store.get("key").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code, message: expect.stringContaining("s3://bucket/prefix/key") });
  });

  it("asks again after a conflict, which says not who won, and takes the answer", async () => {
    const conflict = fault(409, "ConditionalRequestConflict");
    const winning = await scripted(conflict, conflict, written);
    expect(await winning.store.putIfAbsent("key", one)).toBe('"new"');
    expect(winning.seen).toEqual(["PUT*", "PUT*", "PUT*"]);
    const losing = await scripted(conflict, fault(412, "PreconditionFailed"));
    await expect(losing.store.putIfAbsent("key", one)).rejects.toThrow(PreconditionError);
    const stuck = await scripted(conflict);
    await expect(stuck.store.putIfAbsent("key", one)).rejects.toThrow(TemporaryError);
  });

  it("knows its own write again when only the answer was lost", async () => {
    const lost = fault(412, "PreconditionFailed");
    const own = await scripted(hangUp, lost, object("one"));
    expect(await own.store.putIfAbsent("key", one)).toBe('"current"');
    const other = await scripted(hangUp, lost, object("two"));
    await expect(other.store.putIfAbsent("key", one)).rejects.toThrow(PreconditionError);
    const direct = await scripted(lost, object("one"));
    await expect(direct.store.putIfAbsent("key", one)).rejects.toThrow(PreconditionError);
  });

  it("refuses a body that does not have the checksum it was stored with", async () => {
    const { store } = await scripted((_, response) =>
      response
        .writeHead(200, { etag: '"x"', "x-amz-checksum-sha256": "dpLD9W5BZvtvH0yGWcJd8l9hLmMpp9CtU/IqmeS2dEk=" })
        .end("damaged on the way"),
    );
    const error = await store.get("key").catch((thrown) => thrown);
    expect(error).toBeInstanceOf(TemporaryError);
    expect(error.message).toMatch(/checksum/i);
  });
});

it("a region that nobody names is asked for, before anything is sent", async () => {
  const names = ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_PROFILE"];
  for (const name of names) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "/dev/null");
  await expect(openStore("s3://bucket/prefix").get("key")).rejects.toMatchObject({
    name: "InputError",
    code: "store-region",
  });
});
