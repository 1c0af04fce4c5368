import { describe, expect, test } from "vitest";
import { createApp } from "../../../functions/api/app.ts";
import type { AppOptions } from "../../../functions/api/dependencies.ts";
import { BatchPrediction, Problem } from "../../../lib/contracts/api.ts";
import { InputError } from "../../../lib/domain/errors.ts";
import { doubleAnswer, serviceDouble, shelfDouble } from "./service-double.ts";

const PATH = "/v1/predictions:batch";

const send = (films: readonly string[], options: Partial<AppOptions> = {}, query = "") => {
  const form = new FormData();
  for (const film of films) form.append("film", new File([film], "name.png"));
  const app = createApp({ films: serviceDouble(), models: shelfDouble(), ...options });
  return app.request(`${PATH}${query}`, { method: "POST", body: form });
};

/** Refuses films that say so; answers the later ones first. */
const films = serviceDouble({
  answer: async (film, { maps = false } = {}) => {
    const text = Buffer.from(film as Uint8Array).toString();
    await new Promise((resolve) => setTimeout(resolve, 30 - 5 * Number(text.slice(-1))));
    if (text.startsWith("bad")) throw new InputError("not-a-chest-film", "a page");
    return { ...doubleAnswer(maps), film: { ...doubleAnswer(maps).film, width: 100 + Number(text.slice(-1)) } };
  },
});

describe("several films in one request", () => {
  test("each is answered or refused for itself, in their order", async () => {
    const response = await send(["film 1", "bad 2", "film 3", "", "film 5", "film 6"], { films }, "?explain=top");
    expect(response.status).toBe(200);
    const { results } = BatchPrediction.parse(await response.json());
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(results.map(({ prediction }) => prediction?.film.width)).toEqual([101, undefined, 103, undefined, 105, 106]);
    expect(results[1]!.problem).toMatchObject({ status: 422, code: "not-a-chest-film" });
    expect(results[3]!.problem).toMatchObject({ status: 400, code: "film-empty" });
    expect(results[0]!.prediction!.findings.filter(({ map }) => map !== undefined)).toHaveLength(1);
  });

  test.each([
    ["none", [], {}, 400, "bad-multipart", undefined],
    ["too many", ["1", "2", "3"], { limits: { batchFilms: 2 } }, 413, "too-many-films", 2],
    ["too much", ["x".repeat(200_000)], { limits: { batchBytes: 50_000 } }, 413, "film-too-large", 50_000],
  ])("%s is refused as a whole", async (_, sent, options, status, code, limit) => {
    const response = await send(sent, options);
    expect(response.status).toBe(status);
    const problem = Problem.parse(await response.json());
    expect(problem.code).toBe(code);
    expect(problem.limit).toBe(limit);
  });

  test("a film over the limit is refused, the others are not", async () => {
    const response = await send(["x".repeat(2000), "small 1"], { limits: { filmBytes: 1000 } });
    const { results } = BatchPrediction.parse(await response.json());
    expect(results[0]!.problem).toMatchObject({ status: 413, code: "film-too-large", limit: 1000 });
    expect(results[1]!.prediction).toBeDefined();
  });

  test("anything but a form is refused", async () => {
    const app = createApp({ films: serviceDouble(), models: shelfDouble() });
    const response = await app.request(PATH, { method: "POST", body: "x", headers: { "content-type": "image/png" } });
    expect(response.status).toBe(415);
    expect((await app.request(PATH)).status).toBe(405);
  });
});
