import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { feedbackIn } from "../../../functions/api/feedback/feedback.ts";
import { serveRuns } from "../../../functions/api/serve-runs.ts";
import { type RunningServer, startServer } from "../../../functions/api/server.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { storeUri } from "../../../lib/store/open.ts";
import { serviceDouble, shelfDouble } from "./service-double.ts";

const FRIEND = "https://ward.example";

let server: RunningServer;
let port: number;
const store = new MemoryStore("memory://feedback");

beforeAll(async () => {
  server = await startServer({
    films: serviceDouble(),
    models: shelfDouble(),
    feedback: feedbackIn(store),
    corsOrigins: [FRIEND],
    port: 0,
  });
  port = Number(new URL(server.url).port);
});
afterAll(() => server.close());

/** As a browser or a program would ask; `fetch` lets nobody set these headers. */
function ask(method: string, path: string, headers: Record<string, string> = {}, on = port) {
  return new Promise<{ status: number; code: string | undefined }>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port: on, method, path, headers }, async (answer) => {
      const body = await text(answer);
      const isProblem = answer.headers["content-type"]?.startsWith("application/problem+json");
      resolve({ status: answer.statusCode!, code: isProblem ? JSON.parse(body).code : undefined });
    });
    sent.on("error", reject).end();
  });
}

const WRITING = ["/v1/predictions", "/v1/explanations", "/v1/feedback", "/v1/uploads", "/nowhere"];
const here = () => `127.0.0.1:${port}`;

describe("a page of somebody else's, in a browser on this machine", () => {
  const foreign: readonly (readonly [string, () => Record<string, string>])[] = [
    ["another origin", () => ({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })],
    ["another port of this machine", () => ({ origin: "http://127.0.0.1:1", "sec-fetch-site": "same-site" })],
    ["an old browser, which sends the origin alone", () => ({ origin: "https://evil.example" })],
    ["a page without an origin, such as a file or a sandbox", () => ({ origin: "null" })],
    ["no origin, and another site", () => ({ "sec-fetch-site": "cross-site" })],
  ];
  test.each(foreign)("writes nothing: %s", async (_, headers) => {
    for (const path of WRITING) {
      expect(await ask("POST", path, headers()), path).toEqual({ status: 403, code: "foreign-origin" });
    }
    // That protocol has problems of its own form.
    expect((await ask("POST", "/v2/models/x/infer", headers())).status).toBe(403);
  });

  test("reaches nothing by a name that was made to mean this machine", async () => {
    for (const host of ["evil.example", `evil.example:${port}`, "localhost.evil.example"]) {
      for (const [method, path] of [
        ["GET", "/v1/models"],
        ["GET", "/"],
        ["POST", "/v1/feedback"],
      ] as const) {
        expect(await ask(method, path, { host }), `${host} ${path}`).toEqual({ status: 403, code: "foreign-host" });
      }
    }
  });

  test("nor the page about runs", async () => {
    const runs = await serveRuns(storeUri(join(tmpdir(), "hilum-no-runs")), 0);
    const on = Number(new URL(runs.url).port);
    expect(await ask("GET", "/runs", { host: "evil.example" }, on)).toEqual({ status: 403, code: "foreign-host" });
    expect((await ask("GET", "/runs", {}, on)).status).toBe(200);
    await runs.close();
  });
});

describe("whoever may", () => {
  const allowed: readonly (readonly [string, () => Record<string, string>])[] = [
    ["a program", () => ({})],
    ["our own page", () => ({ origin: `http://${here()}`, "sec-fetch-site": "same-origin" })],
    ["our own page by its other name", () => ({ origin: `http://localhost:${port}`, host: `localhost:${port}` })],
    ["a page that is allowed", () => ({ origin: FRIEND, "sec-fetch-site": "cross-site" })],
    ["HTTP of before its hosts", () => ({ host: "" })],
  ];
  test.each(allowed)("is answered: %s", async (_, headers) => {
    // An empty film is refused, behind this door.
    expect(await ask("POST", "/v1/predictions", headers())).toMatchObject({ status: 400 });
    expect((await ask("GET", "/v1/health/live", headers())).status).toBe(200);
  });
});
