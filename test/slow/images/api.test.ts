import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Problem } from "../../../lib/contracts/api.ts";
import { OBSERVATIONS } from "../../../lib/domain/observations.ts";
import { promote } from "../../../lib/registry/channels.ts";
import { openStore } from "../../../lib/store/open.ts";
import { IMAGES_TIMEOUT_MS, image } from "../../images/build.ts";
import { type Lambda, startLambda } from "../../images/lambda.ts";
import { noPodman } from "../../images/podman.ts";
import { publishRandomModel } from "../../lib/inference/published-model.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";

const absent = noPodman ?? noServer;

/** The most that Lambda takes and gives. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;

interface Answer {
  readonly statusCode: number;
  readonly type: string | undefined;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** A request as API Gateway's REST API hands it to a function. */
const request = (httpMethod: string, path: string, body?: Uint8Array, type = "image/png") => ({
  resource: "/{proxy+}",
  path,
  httpMethod,
  headers: { host: "api.example", ...(body && { "content-type": type }) },
  multiValueHeaders: { host: ["api.example"], ...(body && { "content-type": [type] }) },
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: null,
  stageVariables: null,
  requestContext: { requestId: "request-1", identity: {}, stage: "v1", path, httpMethod },
  body: body ? Buffer.from(body).toString("base64") : null,
  isBase64Encoded: body !== undefined,
});

describe.skipIf(absent)(`the API behind Lambda's own client and emulator${absent ? `: ${absent}` : ""}`, () => {
  let server: S3Server;
  let api: Lambda;
  let environment: Record<string, string>;
  let film: Uint8Array;
  const lines: string[] = [];

  beforeAll(async () => {
    server = await startS3Server();
    stubEnvironment(server.environment);
    const models = await server.bucket("models");
    const { version } = await publishRandomModel(openStore(models));
    await promote(openStore(models), version);
    environment = { ...server.environment, HILUM_MODELS: models };
    api = await startLambda({
      image: await image("api"),
      handler: "main.handler",
      environment,
      onLine: (line) => lines.push(line),
    });
    const samples = await answer(api, request("GET", "/v1/samples"));
    const [{ name }] = JSON.parse(samples.body).samples;
    const picture = await answer(api, request("GET", `/v1/samples/${name}`));
    expect(picture.isBase64Encoded).toBe(true);
    film = Buffer.from(picture.body, "base64");
  }, IMAGES_TIMEOUT_MS);
  afterAll(async () => {
    await api?.stop();
    await server?.stop();
  });

  async function answer(lambda: Lambda, event: unknown): Promise<Answer> {
    const { status, body } = await lambda.invoke(event);
    expect(status).toBe(200);
    expect(Buffer.byteLength(body)).toBeLessThan(PAYLOAD_BYTES);
    const { multiValueHeaders, ...rest } = JSON.parse(body);
    return { ...rest, type: multiValueHeaders["content-type"]?.[0] };
  }

  it("answers a film in base64 with probabilities as JSON", async () => {
    const { statusCode, type, body, isBase64Encoded } = await answer(api, request("POST", "/v1/predictions", film));
    expect({ statusCode, isBase64Encoded }).toEqual({ statusCode: 200, isBase64Encoded: false });
    expect(type).toMatch(/^application\/json/);
    const { findings } = JSON.parse(body);
    expect(findings.map((finding: { observation: string }) => finding.observation)).toEqual([...OBSERVATIONS]);
  });

  it("answers a heat map as a picture in base64", async () => {
    const event = request("POST", "/v1/explanations", film);
    const asked = {
      ...event,
      queryStringParameters: { observation: "Cardiomegaly" },
      multiValueQueryStringParameters: { observation: ["Cardiomegaly"] },
    };
    const { statusCode, type, body, isBase64Encoded } = await answer(api, asked);
    expect({ statusCode, isBase64Encoded }).toEqual({ statusCode: 200, isBase64Encoded: true });
    expect(type).toBe("image/png");
    expect(Buffer.from(body, "base64").subarray(1, 4).toString()).toBe("PNG");
  });

  it("serves the page and the description of itself", async () => {
    expect((await answer(api, request("GET", "/"))).body).toContain("<!doctype html>");
    expect(JSON.parse((await answer(api, request("GET", "/v1/openapi.json"))).body).openapi).toMatch(/^3\.1/);
  });

  it.each([
    ["no film", 400, request("POST", "/v1/predictions", new Uint8Array())],
    ["no picture", 415, request("POST", "/v1/predictions", Buffer.from("this is no film at all"))],
    ["another kind of body", 415, request("POST", "/v1/predictions", Buffer.from("a film"), "text/plain")],
    ["more than Lambda can be handed in base64", 413, request("POST", "/v1/predictions", new Uint8Array(4_500_001))],
    ["no such route", 404, request("GET", "/nowhere")],
    ["a method that does not work here", 405, request("GET", "/v1/predictions")],
  ])("is told as a problem: %s", async (_, status, event) => {
    const { statusCode, type, body } = await answer(api, event);
    expect(statusCode).toBe(status);
    expect(type).toBe("application/problem+json");
    expect(Problem.parse(JSON.parse(body)).status).toBe(status);
  });

  it("writes nothing of a film, and one line of JSON a request", () => {
    const logged = lines.filter((line) => line.includes('"event":"request"'));
    expect(logged.length).toBeGreaterThan(5);
    // The client writes the time, the request and the level before it.
    for (const line of logged) expect(() => JSON.parse(line.slice(line.indexOf("{")))).not.toThrow();
    const encoded = Buffer.from(film).toString("base64").slice(100, 160);
    expect(lines.join("\n")).not.toContain(encoded);
  });

  it("starts without a model within 3 s, says how to make one, and answers with the first that is promoted", async () => {
    const empty = await server.bucket("empty");
    const lambda = await startLambda({
      image: await image("api"),
      handler: "main.handler",
      environment: { ...environment, HILUM_MODELS: empty, HILUM_STAGE: "dev", HILUM_MODEL_CHECK_SECONDS: "0" },
    });
    try {
      // The emulator makes the environment ready when it is first called.
      const begin = performance.now();
      const live = await answer(lambda, request("GET", "/v1/health/live"));
      const milliseconds = Math.round(performance.now() - begin);
      console.log(`first answer without a model after ${milliseconds} ms`);
      expect(milliseconds).toBeLessThan(3000);
      expect([live.statusCode, JSON.parse(live.body)]).toEqual([200, { status: "live", model: null }]);
      for (const event of [request("GET", "/v1/health/ready"), request("POST", "/v1/predictions", film)]) {
        const { statusCode, type, body } = await answer(lambda, event);
        expect([statusCode, type]).toEqual([503, "application/problem+json"]);
        expect(JSON.parse(body)).toMatchObject({ code: "no-model-yet", detail: expect.stringContaining("hilum run") });
      }
      const { version } = await publishRandomModel(openStore(empty));
      await promote(openStore(empty), version);
      const { statusCode, body } = await answer(lambda, request("POST", "/v1/predictions", film));
      expect([statusCode, JSON.parse(body).model?.version]).toEqual([200, version]);
    } finally {
      await lambda.stop();
    }
  });

  it("lives where the store is silent, for as long as Lambda gives it to begin", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const lambda = await startLambda({
      image: await image("api"),
      handler: "main.handler",
      environment: { ...environment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` },
    });
    try {
      const begin = performance.now();
      expect((await answer(lambda, request("GET", "/v1/health/live"))).statusCode).toBe(200);
      expect(performance.now() - begin).toBeLessThan(10_000);
      const { statusCode, body } = await answer(lambda, request("GET", "/v1/health/ready"));
      expect([statusCode, JSON.parse(body).status]).toEqual([503, 503]);
    } finally {
      await lambda.stop();
      silent.close();
    }
  });

  it("is given up when its time is over", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const lambda = await startLambda({
      image: await image("api"),
      handler: "main.handler",
      environment: { ...environment, AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${port}` },
      timeoutSeconds: 2,
    });
    try {
      const { body } = await lambda.invoke(request("GET", "/v1/health/live"));
      expect(body).toMatch(/timed out/i);
    } finally {
      await lambda.stop();
      silent.close();
    }
  });
});
