import { describe, expect, test } from "vitest";
import * as z from "zod";
import { toModelDetails } from "../../../functions/api/answers.ts";
import { createApp } from "../../../functions/api/app.ts";
import type { AppOptions } from "../../../functions/api/dependencies.ts";
import { feedbackIn } from "../../../functions/api/feedback/feedback.ts";
import { noModel } from "../../../functions/api/model.ts";
import { ModelDetails, ModelList, Prediction, Problem } from "../../../lib/contracts/api.ts";
import type { ModelCard } from "../../../lib/contracts/model-card.ts";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { identityOf } from "../../../lib/registry/version-id.ts";
import { openStore } from "../../../lib/store/open.ts";
import { evaluation } from "./evaluation.ts";
import { doubleAnswer, manifest, serviceDouble, shelfDouble, withoutLearning } from "./service-double.ts";

const isUuid = (text: string): boolean => z.uuid().safeParse(text).success;

const app = (options: Partial<AppOptions> = {}) =>
  createApp({ films: serviceDouble(), models: shelfDouble(), ...options });

const post = (
  target: ReturnType<typeof app>,
  path: string,
  body: NonNullable<RequestInit["body"]> = "film",
  type = "image/png",
) => target.request(path, { method: "POST", body, ...(type && { headers: { "content-type": type } }) });

async function problem(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const parsed = Problem.parse(await response.json());
  expect(parsed.status).toBe(response.status);
  expect(parsed.requestId).toBe(response.headers.get("x-request-id"));
  return parsed;
}

describe("a prediction", () => {
  test("has 14 findings in their order, and no maps unless asked for", async () => {
    const response = await post(app(), "/v1/predictions");
    expect(response.status).toBe(200);
    const prediction = Prediction.parse(await response.json());
    expect(prediction.findings.map((finding) => finding.observation)).toEqual(OBSERVATIONS);
    expect(prediction.findings.every((finding) => finding.map === undefined)).toBe(true);
    expect(prediction.findings[9]).toMatchObject({ probability: expect.closeTo(0.5), decision: "above-threshold" });
    expect(prediction.findings[8]!.decision).toBe("below-threshold");
    expect(prediction.model).toEqual(identityOf(manifest));
    expect(prediction.warnings[0]!.code).toBe("low-contrast");
    expect(isUuid(prediction.id)).toBe(true);
  });

  test.each([
    ["top", ["Support Devices"]],
    ["all", [...OBSERVATIONS]],
    ["Edema, Pneumonia", ["Edema", "Pneumonia"]],
  ])("explain=%s gives those maps", async (explain, expected) => {
    const response = await post(app(), `/v1/predictions?explain=${encodeURIComponent(explain)}`);
    const { findings } = Prediction.parse(await response.json());
    expect(findings.filter((finding) => finding.map !== undefined).map((finding) => finding.observation)).toEqual(
      expected,
    );
  });

  describe("of a model that did not learn an observation", () => {
    const models = shelfDouble(null, withoutLearning("Support Devices", "Fracture"));
    const unlearning = () => createApp({ films: serviceDouble(), models });
    const ask = async (query: string) => post(unlearning(), `/v1/${query}`);

    test("says nothing of it, and makes no map of it unless that is asked for by name", async () => {
      const all = Prediction.parse(await (await ask("predictions?explain=all")).json()).findings.at(-1);
      const none = { probability: null, threshold: null, decision: null, withheld: "not-learned" };
      expect(all).toEqual({ observation: "Support Devices", status: "not-learned", ...none, map: null });
      const top = Prediction.parse(await (await ask("predictions?explain=top")).json()).findings;
      expect(top.flatMap(({ observation, map }) => (map === undefined ? [] : [observation]))).toEqual([
        "Pleural Other",
      ]);
    });

    test.each([
      "predictions?explain=Edema,Fracture",
      "predictions:batch?explain=Fracture",
      "explanations?observation=Fracture",
      "explanations?observation=Fracture&style=map",
    ])("%s is a problem of its own", async (query) => {
      const { status, code, detail } = await problem(await ask(query));
      expect({ status, code }).toEqual({ status: 422, code: "not-learned" });
      expect(detail).toMatch(/^Fracture: not learned by this model/);
    });

    test("its plain picture is no problem", async () => {
      expect((await ask("explanations?style=film&observation=Fracture")).status).toBe(200);
    });

    test("its card says so, with no figure and no threshold", () => {
      const { statuses, thresholds, evaluation: measured } = toModelDetails({ ...models.loaded, evaluation });
      expect(statuses.filter((status) => status !== "learned")).toEqual(["not-learned", "not-learned"]);
      expect(thresholds.filter((threshold) => threshold === null)).toHaveLength(2);
      expect(measured!.perObservation.at(-1)).toEqual({
        ...{ status: "not-learned", auroc: null, sensitivity: null, specificity: null },
        ...{ positives: 40, negatives: 160 },
      });
      expect(new Set(measured!.operatingCurve.sensitivity.at(-1))).toEqual(new Set([null]));
      expect(measured!.perObservation[0]).toMatchObject({ status: "learned", sensitivity: 0.75 });
    });
  });

  test.each([true, false, null])(
    "says whether the film is unlike the training films: %s",
    async (outOfDistribution) => {
      const films = serviceDouble({ answer: async () => doubleAnswer(false, outOfDistribution) });
      const prediction = Prediction.parse(
        await (await post(createApp({ films, models: shelfDouble() }), "/v1/predictions")).json(),
      );
      expect(prediction.outOfDistribution).toBe(outOfDistribution);
      const withheld = new Set(prediction.findings.map((finding) => finding.withheld));
      expect(withheld).toEqual(new Set([outOfDistribution ? "out-of-distribution" : null]));
    },
  );

  test("an empty map is said as no region, a hot one in film pixels", async () => {
    const response = await post(app(), "/v1/predictions?explain=all");
    const { findings } = Prediction.parse(await response.json());
    expect(findings[5]!.map).toBeNull();
    // Place 6 of a 4 x 4 grid over the square 0..200 x -50..150: column 2, row 1.
    expect(findings[6]!.map).toMatchObject({
      peak: { x: expect.closeTo(125, -1), y: expect.closeTo(25, -1) },
      box: { x: 100, y: 0, width: 50, height: 50 },
    });
    expect(Math.max(...findings[6]!.map!.values)).toBe(1);
  });

  test("comes from a form too", async () => {
    const form = new FormData();
    form.append("film", new File(["bytes"], "someone's name.png"));
    const response = await post(app(), "/v1/predictions", form, "");
    expect(response.status).toBe(200);
  });

  test.each(["x", '"-"', "form", "a-boundary-of-common-length"])(
    "comes whole, whatever the form's boundary: %s",
    async (name) => {
      const boundary = name.replaceAll('"', "");
      const film = Buffer.from(`x--x \r\n-${boundary} form ${boundary}\r\n${boundary}`);
      const part = (text: string) =>
        Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name=${text}\r\n\r\n`);
      const end = Buffer.from(`\r\n--${boundary}--\r\n`);
      const body = Buffer.concat([part('"note"'), Buffer.from("said\r\n"), part('"film"; filename="a"'), film, end]);
      const seen: unknown[] = [];
      const films = serviceDouble({
        answer: async (sent) => {
          seen.push(Buffer.from(sent as Uint8Array).toString());
          return doubleAnswer(false);
        },
      });
      const response = await post(app({ films }), "/v1/predictions", body, `multipart/form-data; boundary=${name}`);
      expect([response.status, ...seen]).toEqual([200, film.toString()]);
    },
  );

  test("says which model and how long", async () => {
    const response = await post(app(), "/v1/predictions");
    expect(response.headers.get("x-model-version")).toBe(manifest.version);
    expect(response.headers.get("server-timing")).toMatch(/decode;dur=1\.5.*predict;dur=20.*total;dur=/);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test("keeps the caller's request id, and makes one where it is none", async () => {
    const send = async (id: string) =>
      (await app().request("/v1/health/live", { headers: { "x-request-id": id } })).headers.get("x-request-id");
    expect(await send("caller-7")).toBe("caller-7");
    expect(isUuid((await send("a b c"))!)).toBe(true);
    expect(isUuid((await send("x".repeat(65)))!)).toBe(true);
  });
});

describe("a refusal is a problem with a stable code", () => {
  test.each([
    ["an unknown observation", "/v1/predictions?explain=Hernia", "film", "image/png", 400, "bad-query"],
    ["an unknown parameter", "/v1/predictions?explian=all", "film", "image/png", 400, "bad-query"],
    ["no observation to explain", "/v1/explanations", "film", "image/png", 400, "bad-query"],
    ["an opacity over 1", "/v1/explanations?style=film&opacity=2", "film", "image/png", 400, "bad-query"],
    ["an empty body", "/v1/predictions", "", "image/png", 400, "film-empty"],
    ["a broken form", "/v1/predictions", "film", "multipart/form-data", 400, "bad-multipart"],
    ["text", "/v1/predictions", "film", "text/plain", 415, "unsupported-media-type"],
  ])("%s", async (_, path, body, type, status, code) => {
    const response = await post(app(), path, body, type);
    expect(response.status).toBe(status);
    expect((await problem(response)).code).toBe(code);
  });

  test.each(["/v1/predictions", "/v1/predictions:batch"])("a form of 300 parts to %s", async (path) => {
    const part = '--b\r\ncontent-disposition: form-data; name="film"; filename="a"\r\n\r\nx\r\n';
    const response = await post(app(), path, `${part.repeat(300)}--b--\r\n`, "multipart/form-data; boundary=b");
    expect(await problem(response)).toMatchObject({ status: 400, code: "bad-multipart", detail: /256/ });
  });

  test("JSON that is longer than any upload's name", async () => {
    const long = JSON.stringify({ upload: "x".repeat(100_000) });
    const response = await post(app(), "/v1/predictions", long, "application/json");
    expect(await problem(response)).toMatchObject({ status: 413, code: "json-too-large", limit: 100_000 });
  });

  test("an unknown observation is told what may stand there", async () => {
    const { detail } = await problem(await post(app(), "/v1/predictions?explain=Hernia"));
    expect(detail).toMatch(/^explain: expected none, top, all, or names/);
  });

  test("a film over the limit, with the limit", async () => {
    const small = app({ limits: { filmBytes: 1_000_000 } });
    const response = await post(small, "/v1/predictions", new Uint8Array(2_000_000));
    expect(response.status).toBe(413);
    expect(await problem(response)).toMatchObject({ code: "film-too-large", limit: 1_000_000, detail: /1 MB/ });
  });

  test("a streamed film over the limit, whose length nobody said", async () => {
    const pieces = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(100_000));
      },
    });
    const request = new Request("http://hilum/v1/predictions", {
      method: "POST",
      body: pieces,
      duplex: "half",
      headers: { "content-type": "image/png" },
    } as RequestInit);
    const response = await app({ limits: { filmBytes: 1_000_000 } }).request(request);
    expect(response.status).toBe(413);
  });

  test.each([
    ["not a chest film", new InputError("not-a-chest-film", "film: a page of text"), 422],
    ["a format that is not read", new InputError("unsupported-media", "film: a GIF"), 415],
    ["a passing fault", new TemporaryError("worker-ended", "the model is being loaded again"), 503],
  ])("%s", async (_, error, status) => {
    const films = serviceDouble({ answer: () => Promise.reject(error) });
    const response = await post(app({ films }), "/v1/predictions");
    expect(response.status).toBe(status);
    expect(await problem(response)).toMatchObject({ code: error.code, detail: error.message });
    expect(response.headers.has("retry-after")).toBe(status === 503);
  });

  test("a bug, without its message in the answer or in the log", async () => {
    const log: unknown[] = [];
    const films = serviceDouble({ answer: () => Promise.reject(new Error("patient Doe")) });
    const response = await post(app({ films, log: (entry) => log.push(entry) }), "/v1/predictions");
    expect(response.status).toBe(500);
    expect((await problem(response)).code).toBe("internal");
    expect(log).toContainEqual(expect.objectContaining({ event: "fault", error: "Error" }));
    expect(JSON.stringify(log)).not.toContain("Doe");
  });

  test.each(["ENOSPC", "EROFS", "EACCES", "EMFILE", "EIO"])(
    "%s is told as what passes, without the service's folders, and is logged",
    async (code) => {
      const log: unknown[] = [];
      const fault = Object.assign(new Error(`${code}: open '/srv/hilum/Doe.png'`), { code });
      const films = serviceDouble({ answer: () => Promise.reject(fault) });
      const response = await post(app({ films, log: (entry) => log.push(entry) }), "/v1/predictions");
      expect([response.status, response.headers.has("retry-after")]).toEqual([503, true]);
      const told = await problem(response);
      expect(told).toMatchObject({ code: "no-storage", detail: expect.stringContaining(code) });
      expect(log).toContainEqual(expect.objectContaining({ event: "fault", error: code }));
      expect(JSON.stringify([told, log])).not.toContain("srv");
    },
  );

  test("a route that is not, and a method that is not", async () => {
    expect((await problem(await app().request("/v1/nothing"))).code).toBe("not-found");
    const response = await app().request("/v1/predictions");
    expect(response.headers.get("allow")).toBe("POST");
    expect((await problem(response)).code).toBe("method-not-allowed");
  });
});

describe("health", () => {
  test("is live before it is ready, and answers no film until then", async () => {
    const loading = app({ films: serviceDouble({ ready: false }) });
    expect((await loading.request("/v1/health/live")).status).toBe(200);
    expect((await loading.request("/v1/health/ready")).status).toBe(503);
    expect((await problem(await post(loading, "/v1/predictions"))).code).toBe("not-ready");
    expect((await app().request("/v1/health/ready")).status).toBe(200);
  });

  test("one film more than there is room for is told to come again", async () => {
    const waiting: (() => void)[] = [];
    const double = serviceDouble();
    const films = serviceDouble({
      answer: async (film, options) => {
        await new Promise<void>((resolve) => waiting.push(resolve));
        return double.answer(film, options);
      },
    });
    const target = app({ films, limits: { requestsAtOnce: 2 } });
    const first = [post(target, "/v1/predictions"), post(target, "/v1/predictions")];
    await expect.poll(() => waiting.length).toBe(2);
    expect((await problem(await post(target, "/v1/predictions"))).code).toBe("busy");
    for (const go of waiting) go();
    expect((await Promise.all(first)).map((response) => response.status)).toEqual([200, 200]);
    const later = post(target, "/v1/predictions");
    await expect.poll(() => waiting.length).toBe(3);
    waiting[2]!();
    expect((await later).status).toBe(200);
  });
});

test("a body that is still on its way takes no place", async () => {
  const target = app({ limits: { requestsAtOnce: 1 } });
  let end: (() => void) | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Buffer.from("fi"));
      end = () => {
        controller.enqueue(Buffer.from("lm"));
        controller.close();
      };
    },
  });
  const headers = { "content-type": "image/png" };
  const slow = target.request("/v1/predictions", { method: "POST", body, headers, duplex: "half" } as RequestInit);
  expect((await post(target, "/v1/predictions")).status).toBe(200);
  end?.();
  expect((await slow).status).toBe(200);
});

describe("models and samples", () => {
  test("the list names what is loaded, the card tells of it", async () => {
    const list = ModelList.parse(await (await app().request("/v1/models")).json());
    expect(list).toMatchObject({ loaded: { version: manifest.version }, channels: { production: manifest.version } });
    const card = ModelDetails.parse(await (await app().request(`/v1/models/${manifest.version}`)).json());
    expect(card).toMatchObject({ network: "densenet-mini", evaluation: null, trainedOn: { patients: 50 } });
    expect((await problem(await app().request("/v1/models/ffffffffffffffff"))).code).toBe("no-such-version");
  });

  test("list and card tell what it learned from, and what only its makers can say", async () => {
    const unknown = { kind: "films", sources: [], caution: null };
    expect(ModelList.parse(await (await app().request("/v1/models")).json()).data).toEqual(unknown);
    const phantoms = { name: "phantoms", kind: "phantom" as const };
    const drawn = { ...manifest, provenance: [phantoms] };
    const card = { statements: { contact: "a@example.org" } } as ModelCard;
    const target = app({ models: { ...shelfDouble(), loaded: { manifest: drawn, card, evaluation: null } } });
    const told = { kind: "phantom", sources: [phantoms], caution: expect.stringMatching(/^Learned from drawings/) };
    expect(ModelList.parse(await (await target.request("/v1/models")).json()).data).toEqual(told);
    const details = ModelDetails.parse(await (await target.request(`/v1/models/${manifest.version}`)).json());
    expect(details.data).toEqual(told);
    expect(details.statements).toContainEqual({ item: "Contact", text: "a@example.org" });
    expect(details.statements).toContainEqual({ item: "Ethics approval and consent", text: null });
  });

  test("the list says what this service offers besides", async () => {
    const offersOf = async (options: Partial<AppOptions>) =>
      ModelList.parse(await (await app(options).request("/v1/models")).json()).offers;
    expect(await offersOf({})).toEqual({ uploads: false, feedback: false, runs: false });
    expect(await offersOf({ alsoServe: () => {} })).toMatchObject({ runs: true });
  });

  test("samples are listed and sent", async () => {
    const png = Uint8Array.of(1, 2, 3);
    const target = app({ samples: async () => [{ name: "clear", title: "Clear lungs", width: 4, height: 5, png }] });
    expect(await (await target.request("/v1/samples")).json()).toEqual({
      samples: [{ name: "clear", title: "Clear lungs", width: 4, height: 5 }],
    });
    expect(new Uint8Array(await (await target.request("/v1/samples/clear")).arrayBuffer())).toEqual(png);
    expect((await target.request("/v1/samples/other")).status).toBe(404);
  });
});

describe("without a model", () => {
  const reason = new TemporaryError("no-model-yet", "no model is in production yet; a run makes one");
  const without = () =>
    createApp({ ...noModel(shelfDouble(), () => reason), feedback: feedbackIn(openStore("memory://without")) });

  test("it lives, and tells what needs no model", async () => {
    expect(await (await without().request("/v1/health/live")).json()).toEqual({ status: "live", model: null });
    for (const path of ["/v2/health/live", "/v2", "/v1/samples", "/v1/openapi.json", "/", "/docs"]) {
      const response = await without().request(path);
      expect(response.status, path).toBe(200);
      expect(response.headers.has("x-model-version")).toBe(false);
    }
  });

  test("everything else is a 503 that says how to make one, and never a fault", async () => {
    const document = (await (await without().request("/v1/openapi.json")).json()) as {
      paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
    };
    const answers: Record<string, number> = {};
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { responses }] of Object.entries(operations)) {
        const at = path.replace("{model}", "phantoms").replace("{version}", "production").replace("{name}", "x");
        const body = method === "post" ? { body: "film", headers: { "content-type": "image/png" } } : {};
        const response = await without().request(at, { method: method.toUpperCase(), ...body });
        answers[`${method} ${path}`] = response.status;
        if (response.status !== 503) continue;
        expect(await response.text(), path).toContain("a run makes one");
        expect(response.headers.get("retry-after")).toBe("2");
        expect(Object.keys(responses), path).toEqual(
          expect.arrayContaining([path.startsWith("/v2") ? "default" : "503"]),
        );
      }
    }
    const with503 = Object.entries(answers).flatMap(([route, status]) => (status === 503 ? [route] : []));
    expect(with503).toEqual([
      ...["post /v1/predictions", "post /v1/predictions:batch", "post /v1/explanations", "post /v1/feedback"],
      ...["get /v1/models", "get /v1/health/ready", "get /v2/health/ready"],
      ...["get /v2/models/{model}/ready", "get /v2/models/{model}/versions/{version}/ready"],
      ...["get /v2/models/{model}", "get /v2/models/{model}/versions/{version}"],
      ...["post /v2/models/{model}/infer", "post /v2/models/{model}/versions/{version}/infer"],
    ]);
    expect(Object.values(answers).filter((status) => status >= 500 && status !== 503)).toEqual([]);
    expect((await problem(await post(without(), "/v1/predictions"))).code).toBe("no-model-yet");
  });
});

describe("headers", () => {
  test("every answer carries a strict policy, errors too", async () => {
    for (const path of ["/", "/v1/models", "/nothing"]) {
      const { headers } = await app().request(path);
      expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers.get("content-security-policy")).not.toContain("unsafe");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
    }
  });

  test("other origins may call only where the configuration says so", async () => {
    const ask = (target: ReturnType<typeof app>) =>
      target.request("/v1/models", { headers: { origin: "https://ward.example" } });
    expect((await ask(app())).headers.has("access-control-allow-origin")).toBe(false);
    const open = await ask(app({ corsOrigins: ["https://ward.example"] }));
    expect(open.headers.get("access-control-allow-origin")).toBe("https://ward.example");
    expect(
      (await ask(app({ corsOrigins: ["https://other.example"] }))).headers.has("access-control-allow-origin"),
    ).toBe(false);
  });

  test("the page's files are checked by etag, and nothing else of the folder is sent", async () => {
    const first = await app().request("/page/app.js");
    expect(first.headers.get("content-type")).toMatch(/^text\/javascript/);
    const again = await app().request("/page/app.js", { headers: { "if-none-match": first.headers.get("etag")! } });
    expect(again.status).toBe(304);
    for (const path of ["/page/tsconfig.json", "/page/..%2fapp.ts", "/page/%2e%2e/app.ts"]) {
      expect((await app().request(path)).status).toBe(404);
    }
  });

  test("the log holds route patterns, not what the caller wrote", async () => {
    const log: unknown[] = [];
    await app({ log: (entry) => log.push(entry) }).request("/v1/models/name-of-someone?also=here");
    expect(log).toHaveLength(1);
    expect(JSON.stringify(log)).not.toMatch(/name-of-someone|also/);
    expect(log[0]).toMatchObject({ event: "request", route: "/v1/models/:version", status: 404 });
  });
});
