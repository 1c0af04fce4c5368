import { request as send } from "node:http";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import { FILMS_OF_A_REQUEST, type FilmService, LIMITS } from "../../../functions/api/dependencies.ts";
import { startServer } from "../../../functions/api/server.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { MOST_FILMS } from "../../../lib/inference/predictor.ts";
import { limiter } from "../../../lib/parallel/limiter.ts";
import { doubleAnswer, manifest, serviceDouble, shelfDouble } from "./service-double.ts";

const BATCH = 32;
const models = shelfDouble();
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Films whose answers come when they are told to; what was begun, and what was told to stop. */
function slowFilms() {
  const begun: ((error?: Error) => void)[] = [];
  let stopped = 0;
  const wait: FilmService["answer"] = (_, { maps = false, signal } = {}) =>
    new Promise((resolve, reject) => {
      begun.push((error) => (error === undefined ? resolve(doubleAnswer(maps)) : reject(error)));
      const stop = (): void => {
        stopped += 1;
        reject(signal!.reason);
      };
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop);
    });
  const films = serviceDouble({
    answer: wait,
    picture: async (film, { signal }) => ({ ...(await wait(film, { signal })), png: Uint8Array.of(1), box: null }),
  });
  return {
    films,
    begun,
    get stopped() {
      return stopped;
    },
  };
}

const tensors = JSON.stringify({
  inputs: [{ name: "pixels", datatype: "UINT8", shape: [BATCH, 16, 20], data: new Array(BATCH * 320).fill(7) }],
});
const infer = { path: `/v2/models/${manifest.name}/infer`, type: "application/json", body: tensors };

const part = 'content-disposition: form-data; name="film"; filename="f.png"\r\ncontent-type: image/png\r\n\r\nfilm\r\n';
const batch = {
  path: "/v1/predictions:batch",
  type: "multipart/form-data; boundary=x",
  body: `${`--x\r\n${part}`.repeat(BATCH)}--x--\r\n`,
};
const film = { type: "image/png", body: "film" };

afterEach(() => {
  vi.restoreAllMocks();
});

test("films of a request that is refused for one of them are left", async () => {
  const slow = slowFilms();
  const { path, type, body } = infer;
  const app = createApp({ films: slow.films, models });
  const answered = app.request(path, { method: "POST", headers: { "content-type": type }, body });
  await expect.poll(() => slow.begun.length).toBe(FILMS_OF_A_REQUEST);
  slow.begun[1]!(new InputError("film-size", "too small"));
  const response = await answered;
  expect(response.status).toBe(422);
  expect(await response.json()).toEqual({ error: "film 1: too small" });
  for (let turn = 0; turn < 100; turn += 1) await settled();
  expect(slow.begun).toHaveLength(FILMS_OF_A_REQUEST);
  expect(slow.stopped).toBe(FILMS_OF_A_REQUEST);
});

describe("a caller that goes leaves nothing to be computed", () => {
  test.each([
    ["a film", { ...film, path: "/v1/predictions" }, 1],
    ["a picture", { ...film, path: "/v1/explanations?observation=Edema" }, 1],
    ["a batch", batch, FILMS_OF_A_REQUEST],
    ["tensors", infer, FILMS_OF_A_REQUEST],
  ])("%s", async (_, { path, type, body }, atOnce) => {
    vi.spyOn(console, "info").mockReturnValue(undefined);
    const slow = slowFilms();
    const entries: Readonly<Record<string, unknown>>[] = [];
    const log = (entry: Readonly<Record<string, unknown>>) => entries.push(entry);
    const server = await startServer({ port: 0, films: slow.films, models, log });
    onTestFinished(() => server.close());
    const caller = send(`${server.url}${path}`, { method: "POST", headers: { "content-type": type } });
    caller.on("error", () => {});
    caller.end(body);
    await expect.poll(() => slow.begun.length).toBe(atOnce);
    caller.destroy();
    await expect.poll(() => slow.stopped).toBe(atOnce);
    await expect.poll(() => entries).toMatchObject([{ event: "request", status: 503 }]);
    expect(slow.begun).toHaveLength(atOnce);
  });

  test("nor does one that waits for a place keep it", async () => {
    const slow = slowFilms();
    const server = await startServer({ port: 0, films: slow.films, models, limits: { requestsAtOnce: 1 } });
    onTestFinished(() => server.close());
    const ask = () => {
      const caller = send(`${server.url}/v1/predictions`, { method: "POST", headers: { "content-type": film.type } });
      caller.on("error", () => {});
      caller.end(film.body);
      return caller;
    };
    const first = ask();
    await expect.poll(() => slow.begun.length).toBe(1);
    const second = ask();
    await new Promise((resolve) => second.once("finish", resolve));
    first.destroy();
    second.destroy();
    await expect.poll(() => slow.stopped > 0 && slow.begun.length - slow.stopped).toBe(0);
    const last = ask();
    const answered = new Promise((resolve) => last.once("response", ({ statusCode }) => resolve(statusCode)));
    await expect.poll(() => slow.begun.length - slow.stopped).toBe(1);
    slow.begun.at(-1)!();
    expect(await answered).toBe(200);
  });
});

test("all films of as many requests as are let in find a place with the model", async () => {
  const places = limiter({ places: MOST_FILMS, mostWaiting: 0 });
  let [inside, most] = [0, 0];
  const answer: FilmService["answer"] = () =>
    places.run(async () => {
      inside += 1;
      most = Math.max(most, inside);
      await settled();
      inside -= 1;
      return doubleAnswer(false);
    });
  const app = createApp({ films: serviceDouble({ answer }), models });
  const crowd = Array.from({ length: LIMITS.requestsAtOnce }, async () => {
    const headers = { "content-type": batch.type };
    const response = await app.request(batch.path, { method: "POST", headers, body: batch.body });
    const { results } = (await response.json()) as { results: { problem?: unknown }[] };
    return results.filter(({ problem }) => problem !== undefined);
  });
  expect((await Promise.all(crowd)).flat()).toEqual([]);
  expect(most).toBe(MOST_FILMS);
});
