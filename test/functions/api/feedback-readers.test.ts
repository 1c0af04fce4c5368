import { afterEach, describe, expect, test, vi } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import { feedbackIn } from "../../../functions/api/feedback/feedback.ts";
import { readerOf } from "../../../functions/api/feedback/reader.ts";
import { Problem } from "../../../lib/contracts/api.ts";
import { Reading } from "../../../lib/contracts/feedback.ts";
import { LOCAL_READER, READER_NAME, UNKNOWN_READER } from "../../../lib/domain/readers.ts";
import { decodeDocument } from "../../../lib/store/documents.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import type { Store } from "../../../lib/store/store.ts";
import { serviceDouble, shelfDouble } from "./service-double.ts";

const SUB = "5f0c2a1e-77aa-4c6e-9a51-0f3a3c1d2b4e";
const person = (sub = SUB) => ({ requestContext: { authorizer: { claims: { sub, email: "roe@ward.example" } } } });
const signer = (caller: string, apiKeyId?: string) => ({ requestContext: { identity: { caller, apiKeyId } } });

afterEach(() => {
  vi.useRealTimers();
});

describe("who sends feedback", () => {
  test("is a pseudonym of the log-in, the key or the signer, and the same each time", () => {
    const envs = [person(), person("another"), signer("AIDAROE", "key7"), signer("AIDAROE"), signer("AIDADOE")];
    const names = envs.map(readerOf);
    expect(new Set(names).size).toBe(envs.length);
    expect(envs.map(readerOf)).toEqual(names);
    for (const [i, name] of names.entries()) {
      expect(name).toMatch(READER_NAME);
      expect(JSON.stringify(envs[i])).not.toContain(name);
    }
  });

  test("is one reader for all sessions of a role, whose names the caller chooses", () => {
    expect(readerOf(signer("AROAWARD:one"))).toBe(readerOf(signer("AROAWARD:two")));
  });

  test("is the one reader of a machine without a log-in, or unknown where a gateway says nothing", () => {
    expect([undefined, {}, { incoming: {} }].map(readerOf)).toEqual([LOCAL_READER, LOCAL_READER, LOCAL_READER]);
    const silent = [
      {},
      { identity: {} },
      { identity: null, authorizer: null },
      { authorizer: { claims: { sub: "" } } },
    ];
    expect(silent.map((requestContext) => readerOf({ requestContext }))).toEqual(silent.map(() => UNKNOWN_READER));
  });
});

const readingsIn = async (store: Store): Promise<Reading[]> => {
  const found: Reading[] = [];
  for await (const { key } of store.list("readings/")) found.push(decodeDocument(Reading, await store.get(key), key));
  return found;
};

const textsIn = async (store: Store): Promise<string> => {
  const texts: string[] = [];
  for await (const { key } of store.list("")) texts.push(key, Buffer.from(await store.get(key)).toString());
  return texts.join("\n");
};

/** One instance of the service; several share a store. */
function instance(store: Store, perDay?: number) {
  const log: unknown[] = [];
  const app = createApp({
    films: serviceDouble({
      picture: async () => ({
        png: Buffer.from("film"),
        box: null,
        outOfDistribution: null,
        warnings: [],
        timings: {},
      }),
    }),
    models: shelfDouble(),
    feedback: feedbackIn(store, { perDay }),
    log: (entry) => log.push(entry),
  });
  const send = (env: object = person(), feedback: object = { labels: { Edema: 1 } }) =>
    app.request(
      "/v1/feedback",
      { method: "POST", body: JSON.stringify(feedback), headers: { "content-type": "application/json" } },
      env,
    );
  const sendFilm = (env: object = person()) => {
    const form = new FormData();
    form.append("feedback", JSON.stringify({ labels: { Edema: 1 }, consent: true, patient: "p-1" }));
    form.append("film", new File(["any"], "film.png"));
    return app.request("/v1/feedback", { method: "POST", body: form }, env);
  };
  return { send, sendFilm, log };
}

test("the reader stands in the reading and the row, and in no log, key's claim or answer", async () => {
  const store = new MemoryStore("memory://readers");
  const { sendFilm, log } = instance(store, 5);
  const response = await sendFilm();
  expect(response.status).toBe(201);
  const reader = readerOf(person());
  expect((await readingsIn(store)).map((reading) => reading.reader)).toEqual([reader]);
  const kept = await textsIn(store);
  expect(kept).toMatch(new RegExp(`AP/PA,.*,Reader\\nfeedback/.*,${reader}\\n`));
  expect(kept).not.toMatch(new RegExp(`${SUB}|roe@`));
  const told = JSON.stringify([log, await response.json(), [...response.headers]]);
  expect(log.length).toBeGreaterThan(0);
  expect(told).not.toMatch(new RegExp(`${reader}|${SUB}|roe@`));
});

test("a row never stands under a header of before", async () => {
  const store = new MemoryStore("memory://readers-before");
  const before = "Path,Sex,Age\nfeedback/patientx/study-1/view1_frontal.png,,\n";
  const day = new Date().toISOString().slice(0, 10);
  await store.put(`films-${day}.csv`, Buffer.from(before));
  expect((await instance(store).sendFilm()).status).toBe(201);
  expect(Buffer.from(await store.get(`films-${day}.csv`)).toString()).toBe(before);
  for await (const { key } of store.list("")) {
    if (!key.endsWith(".csv")) continue;
    const cells = Buffer.from(await store.get(key))
      .toString()
      .trim()
      .split("\n")
      .map((line) => line.split(",").length);
    expect(new Set(cells).size).toBe(1);
  }
});

test("readings of before have no reader", () => {
  const before = {
    schema: "hilum.reading/1",
    id: "11111111-1111-4111-8111-111111111111",
    receivedAt: "2026-11-01T00:00:00.000Z",
    prediction: null,
    model: "0123456789abcdef",
    labels: { Edema: 1 },
    film: null,
  };
  expect(Reading.parse(before).reader).toBeNull();
});

describe("so many a reader and day", () => {
  test("are kept, whichever instances they come to, and however many at once", async () => {
    const store = new MemoryStore("memory://quota");
    const instances = [instance(store, 7), instance(store, 7), instance(store, 7)];
    const answers = await Promise.all(Array.from({ length: 21 }, (_, i) => instances[i % 3]!.send()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(7);
    expect(await readingsIn(store)).toHaveLength(7);
    const refused = answers.find(({ status }) => status !== 201)!;
    expect(refused.status).toBe(429);
    expect(Problem.parse(await refused.json())).toMatchObject({ code: "feedback-quota", status: 429, limit: 7 });
    const seconds = Number(refused.headers.get("retry-after"));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(86_400);
    // Begun anew, it knows; another reader is another's matter.
    expect((await instance(store, 7).sendFilm()).status).toBe(429);
    expect((await instance(store, 7).send(person("another"))).status).toBe(201);
  });

  test("count what is kept alone", async () => {
    const store = new MemoryStore("memory://quota-refused");
    const { send } = instance(store, 1);
    expect((await send(person(), { labels: { Edema: 1 }, patient: "p-1" })).status).toBe(422);
    expect((await send(person(), { labels: { Edema: 7 } })).status).toBe(400);
    expect((await send()).status).toBe(201);
    expect((await send()).status).toBe(429);
  });

  test("begin anew with the day of UTC, which a clock that is behind does not turn back", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-12-01T23:59:30.000Z") });
    const store = new MemoryStore("memory://quota-days");
    const { send } = instance(store, 1);
    expect((await send()).status).toBe(201);
    expect((await send()).headers.get("retry-after")).toBe("30");
    vi.setSystemTime(Date.parse("2026-12-02T00:00:01.000Z"));
    expect((await send()).status).toBe(201);
    vi.setSystemTime(Date.parse("2026-12-01T23:59:59.000Z"));
    expect((await send()).status).toBe(429);
    // A clock that was years ahead for a moment keeps nobody out.
    vi.setSystemTime(Date.parse("2036-01-01T00:00:00.000Z"));
    expect((await send()).status).toBe(201);
    vi.setSystemTime(Date.parse("2026-12-02T00:00:01.000Z"));
    expect((await send()).status).toBe(201);
    expect((await send()).status).toBe(429);
  });
});
