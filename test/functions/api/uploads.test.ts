import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import { ownOrigin } from "../../../functions/api/own-origins.ts";
import { openUploads } from "../../../functions/api/uploads/open-uploads.ts";
import { signedUploads } from "../../../functions/api/uploads/signed-uploads.ts";
import { removeExpired } from "../../../functions/api/uploads/uploads.ts";
import { Problem } from "../../../lib/contracts/api.ts";
import { UploadTicket } from "../../../lib/contracts/uploads.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import type { Store } from "../../../lib/store/store.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";
import { doubleAnswer, serviceDouble, shelfDouble } from "./service-double.ts";

const MOST = 200_000;

async function keysOf(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list("")) keys.push(key);
  return keys;
}

const service = (store: Store, answer = async (_: unknown) => doubleAnswer(false)) =>
  createApp({
    films: serviceDouble({ answer }),
    models: shelfDouble(),
    uploads: signedUploads(store, MOST),
    ownOrigin: (url) => ownOrigin(["http://hilum.example", "http://localhost"], url),
  });

type App = ReturnType<typeof service>;

async function ticketOf(app: App): Promise<UploadTicket> {
  const response = await app.request("http://hilum.example/v1/uploads", { method: "POST" });
  expect(response.status).toBe(201);
  return UploadTicket.parse(await response.json());
}

const sendFilm = (app: App, url: string, film = "the film", field = "file") => {
  const form = new FormData();
  form.append(field, new File([film], "name.dcm"));
  return app.request(url, { method: "POST", body: form });
};

const ask = (app: App, upload: string, path = "/v1/predictions") =>
  app.request(path, {
    method: "POST",
    body: JSON.stringify({ upload }),
    headers: { "content-type": "application/json" },
  });

const codeOf = async (response: Response): Promise<string> => Problem.parse(await response.json()).code;

describe("a film that is sent ahead", () => {
  test("is answered for by its id, once, and then deleted", async () => {
    const store = new MemoryStore("memory://uploads/once");
    const seen: string[] = [];
    const app = service(store, async (film) => {
      seen.push(Buffer.from(film as Uint8Array).toString());
      return doubleAnswer(false);
    });
    const { upload, url, maxBytes, expiresAt } = await ticketOf(app);
    expect(maxBytes).toBe(MOST);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    expect(url).toMatch(/^http:\/\/hilum\.example\/v1\/uploads\//);
    expect((await sendFilm(app, url)).status).toBe(204);
    expect(await keysOf(store)).toEqual([upload]);
    expect((await ask(app, upload)).status).toBe(200);
    expect(seen).toEqual(["the film"]);
    expect(await keysOf(store)).toEqual([]);
    const again = await ask(app, upload);
    expect(again.status).toBe(404);
    expect(await codeOf(again)).toBe("no-such-upload");
  });

  test("beside too many that wait is told to come again, until one is asked about", async () => {
    const app = createApp({
      films: serviceDouble({ answer: async () => doubleAnswer(false) }),
      ...{
        models: shelfDouble(),
        ownOrigin: (url: string) => ownOrigin(["http://hilum.example", "http://localhost"], url),
      },
      uploads: signedUploads(new MemoryStore("memory://uploads/full"), MOST, 20),
    });
    const tickets = [await ticketOf(app), await ticketOf(app), await ticketOf(app)];
    const sent = await Promise.all(tickets.map(({ url }) => sendFilm(app, url, "ten bytes.")));
    expect(sent.filter(({ status }) => status === 204).length).toBeLessThan(3);
    const full = sent.findIndex(({ status }) => status === 503);
    expect(await codeOf(sent[full]!)).toBe("uploads-full");
    expect(sent[full]!.headers.get("retry-after")).toMatch(/^\d+$/);
    for (const [i, { upload }] of tickets.entries()) if (i !== full) await ask(app, upload);
    expect((await sendFilm(app, tickets[full]!.url, "ten bytes.")).status).toBe(204);
  });

  test("goes with its hour, whether or not another is sent", async () => {
    vi.useFakeTimers({ toFake: ["Date", "setInterval"] });
    try {
      const store = new MemoryStore("memory://uploads/hour");
      const app = service(store);
      const { url } = await ticketOf(app);
      expect((await sendFilm(app, url)).status).toBe(204);
      vi.setSystemTime(Date.now() + 3_600_000);
      await removeExpired(store);
      expect(await keysOf(store)).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ["refused", new InputError("not-a-chest-film", "a page"), 422, 0],
    ["a bug", new Error("bug"), 500, 0],
    ["to come again", new TemporaryError("busy", "busy"), 503, 1],
  ])("%s: it is deleted unless it may be asked for again", async (_, error, status, left) => {
    const store = new MemoryStore(`memory://uploads/${status}`);
    const app = service(store, () => Promise.reject(error));
    const { upload, url } = await ticketOf(app);
    await sendFilm(app, url);
    expect((await ask(app, upload)).status).toBe(status);
    expect(await keysOf(store)).toHaveLength(left);
  });

  test("is taken at its own signed URL only, and once", async () => {
    const app = service(new MemoryStore("memory://uploads/signed"));
    const { url, upload } = await ticketOf(app);
    const other = await ticketOf(app);
    const forged = url.replace(upload, other.upload);
    expect(await codeOf(await sendFilm(app, forged))).toBe("upload-signature");
    expect((await sendFilm(app, url.split("?")[0]!)).status).toBe(400);
    expect(await codeOf(await sendFilm(app, url, ""))).toBe("film-empty");
    expect(await codeOf(await sendFilm(app, url, "x", "film"))).toBe("bad-multipart");
    const large = await sendFilm(app, url, "x".repeat(400_000));
    expect(Problem.parse(await large.json())).toMatchObject({ code: "film-too-large", limit: MOST, status: 413 });
    expect((await sendFilm(app, url)).status).toBe(204);
    expect(await codeOf(await sendFilm(app, url))).toBe("upload-twice");
  });

  test("that nobody asked for goes when its time is over", async () => {
    const store = new MemoryStore("memory://uploads/old");
    const old = `${Math.floor(Date.now() / 1000) - 5}-${"0".repeat(32)}`;
    await store.put(old, Buffer.from("old"));
    const app = service(store);
    expect(await codeOf(await ask(app, old))).toBe("no-such-upload");
    await ticketOf(app);
    expect(await keysOf(store)).toEqual([]);
  });

  test.each(["../../secrets", "1234567890-xyz", ""])("an id %j that is none is refused", async (upload) => {
    const response = await ask(service(new MemoryStore("memory://uploads/ids")), upload);
    expect(response.status).toBe(400);
    expect(await codeOf(response)).toBe("bad-request");
  });

  test("is refused by a service without a place for it", async () => {
    const app = createApp({ films: serviceDouble(), models: shelfDouble() });
    expect((await app.request("/v1/uploads", { method: "POST" })).status).toBe(404);
    expect(await codeOf(await ask(app, `9999999999-${"0".repeat(32)}`))).toBe("uploads-off");
  });
});

describe.skipIf(noServer !== undefined)("on S3", () => {
  let server: S3Server;
  beforeAll(async () => {
    server = await startS3Server();
    stubEnvironment(server.environment);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server?.stop();
  });

  test("the form that is signed is for one key, one size and some time", async () => {
    const uri = `${await server.bucket("uploads")}/some/prefix`;
    const uploads = await openUploads(uri, MOST);
    const { upload, url, fields, expiresAt } = await uploads.start("http://unused");
    const policy = JSON.parse(Buffer.from(fields.Policy!, "base64").toString());
    expect(fields.key).toBe(`some/prefix/${upload}`);
    expect(policy.conditions).toContainEqual(["content-length-range", 1, MOST]);
    expect(policy.conditions).toContainEqual({ key: `some/prefix/${upload}` });
    expect(Math.abs(Date.parse(policy.expiration) - Date.parse(expiresAt))).toBeLessThan(5000);
    expect(url).toContain("uploads");
    const app = createApp({ films: serviceDouble(), models: shelfDouble(), uploads });
    const policyOfPage = (await app.request("/")).headers.get("content-security-policy");
    expect(policyOfPage).toContain(`connect-src 'self' ${new URL(url).origin};`);
    const post = (film: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append("file", new File([film], "film"));
      return fetch(url, { method: "POST", body: form });
    };
    expect((await post("x".repeat(MOST + 1))).status).toBe(400);
    expect((await post("the film")).status).toBe(204);
    expect(Buffer.from(await uploads.take(upload)).toString()).toBe("the film");
    await uploads.remove(upload);
    await expect(uploads.take(upload)).rejects.toMatchObject({ code: "no-such-upload" });
  });
});
