import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startServer } from "../../../functions/api/server.ts";
import { openService } from "../../../functions/api/service.ts";
import { ModelDetails, ModelList, Prediction, Problem, SampleList } from "../../../lib/contracts/api.ts";
import { openStore } from "../../../lib/store/open.ts";
import { startTestService, type TestService } from "./served-model.ts";
import { serviceDouble, shelfDouble } from "./service-double.ts";

const AWKWARD = "../shared/awkward-sample";

let service: TestService;
let film: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  service = await startTestService();
  film = new Uint8Array(await (await fetch(`${service.url}/v1/samples/effusion`)).arrayBuffer());
});
afterAll(() => service?.close());

const post = (path: string, body: Uint8Array<ArrayBuffer> | FormData, type = "image/png") =>
  fetch(`${service.url}${path}`, {
    method: "POST",
    body,
    ...(body instanceof FormData ? {} : { headers: { "content-type": type } }),
  });

const predict = async (path: string, body: Uint8Array<ArrayBuffer> | FormData): Promise<Prediction> => {
  const response = await post(path, body);
  expect(response.status).toBe(200);
  return Prediction.parse(await response.json());
};

/** A value whose fields are in order of name. */
const ordered = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, ordered(inner)]));
};

describe("the real model behind the real server", () => {
  test("says which model answered, by the hash of what that is", async () => {
    const { model } = await predict("/v1/predictions", film);
    const path = `versions/${model.version}/model.json`;
    const {
      version,
      createdAt: _,
      ...content
    } = JSON.parse(Buffer.from(await openStore(service.models).get(path)).toString());
    content.files.sort((a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1));
    const sha256 = createHash("sha256")
      .update(JSON.stringify(ordered(content)))
      .digest("hex");
    expect(model).toEqual({ name: content.name, version, sha256 });
    expect(sha256.startsWith(version)).toBe(true);
    const card = ModelDetails.parse(await (await fetch(`${service.url}/v1/models/${version}`)).json());
    expect(card.sha256).toBe(sha256);
  });

  test("answers what the predictor answers, with a map for every finding", async () => {
    const prediction = await predict("/v1/predictions?explain=all", film);
    const { films, close } = await openService({ models: openStore(service.models) });
    const direct = await films.answer(film, { maps: true }).finally(close);
    prediction.findings.forEach((finding, index) => {
      expect(finding.probability).toBeCloseTo(direct.prediction.probabilities[index]!, 6);
      expect(finding.decision === "above-threshold").toBe(finding.probability! >= finding.threshold!);
      expect(finding.map).toBeDefined();
    });
    expect(prediction.film).toMatchObject({ width: 320, height: 384, format: "png", bitDepth: 8 });
    const hot = prediction.findings.map((finding) => finding.map).filter((map) => map != null);
    expect(hot.length).toBeGreaterThan(0);
    for (const { area, box, peak, values } of hot) {
      // The grid is a little off the square; see lib/model/cell-area.ts.
      expect(Math.abs(area.y)).toBeLessThan(8);
      expect(Math.abs(area.height - 384)).toBeLessThan(8);
      expect(area.x).toBeLessThan(0);
      expect(Math.max(...values)).toBe(1);
      expect(peak.x).toBeGreaterThanOrEqual(box.x - 3);
      expect(peak.x).toBeLessThanOrEqual(box.x + box.width + 3);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(320.01);
    }
  });

  test("answers a form as it answers the bytes", async () => {
    const form = new FormData();
    form.append("film", new File([film], "name of a patient.png"));
    const raw = await predict("/v1/predictions", film);
    const sent = await predict("/v1/predictions", form);
    expect(sent.findings).toEqual(raw.findings);
    expect(JSON.stringify(service.log)).not.toContain("name of a patient");
  });

  test.each([
    ["overlay", 3],
    ["map", 4],
    ["film", 1],
  ])("draws the style %s at the film's own size", async (style, channels) => {
    const response = await post(`/v1/explanations?style=${style}&observation=Pleural%20Effusion`, film);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/png");
    const picture = await sharp(new Uint8Array(await response.arrayBuffer())).metadata();
    expect(picture).toMatchObject({ width: 320, height: 384, channels });
  });

  test("the style film is the film", async () => {
    const response = await post("/v1/explanations?style=film", film);
    const [sent, drawn] = await Promise.all([
      sharp(film).raw().toBuffer(),
      sharp(new Uint8Array(await response.arrayBuffer()))
        .raw()
        .toBuffer(),
    ]);
    expect(drawn.equals(sent)).toBe(true);
  });

  test("refuses what is no film, and says why", async () => {
    const black = new Uint8Array(
      await sharp({ create: { width: 200, height: 200, channels: 3, background: "#000" } })
        .png()
        .toBuffer(),
    );
    const cases = [
      [new TextEncoder().encode("words, not a film, under any name"), 415, "unsupported-media"],
      [film.slice(0, film.length / 2), 422, undefined],
      [black, 422, "no-signal"],
    ] as const;
    for (const [body, status, code] of cases) {
      const response = await post("/v1/predictions", new Uint8Array(body));
      expect(response.status).toBe(status);
      const problem = Problem.parse(await response.json());
      if (code !== undefined) expect(problem.code).toBe(code);
      expect(problem.detail).not.toMatch(/ at |\.ts/);
    }
  });

  test.skipIf(!existsSync(AWKWARD))("reads DICOM, and refuses one without pixels", async () => {
    const read = (name: string) => new Uint8Array(readFileSync(`${AWKWARD}/${name}`));
    const prediction = await predict("/v1/predictions", read("chest_CR_MONO1_10bit_explicitLE.dcm"));
    expect(prediction.film).toMatchObject({ width: 440, height: 440, format: "dicom", bitDepth: 10, view: "PA" });
    const refused = await post("/v1/predictions", read("rtplan_no_pixels.dcm"), "application/dicom");
    expect(refused.status).toBe(422);
  });

  test("tells of the model, with the figures of its own evaluation", async () => {
    const list = ModelList.parse(await (await fetch(`${service.url}/v1/models`)).json());
    expect(list.channels!.production).toBe(service.model.version);
    const details = ModelDetails.parse(await (await fetch(`${service.url}/v1/models/production`)).json());
    expect(details.version).toBe(service.model.version);
    expect(details.evaluation).toMatchObject({ patients: 80, meanAuroc: 0.95 });
    for (const other of ["ffffffffffffffff", "candidate", "no name"]) {
      expect((await fetch(`${service.url}/v1/models/${other}`)).status).toBe(404);
    }
  });

  test("health answers while films are computed", async () => {
    const { films, models, close } = await openService({ models: openStore(service.models) });
    const server = await startServer({ port: 0, films, models });
    try {
      const { process: computing } = await films.vitals();
      // No film is answered for as long as the process stands still that computes them.
      process.kill(computing, "SIGSTOP");
      const ended: string[] = [];
      const answers = Array.from({ length: 6 }, async () => {
        const url = `${server.url}/v1/predictions?explain=all`;
        const { status } = await fetch(url, { method: "POST", body: film, headers: { "content-type": "image/png" } });
        ended.push(`film ${status}`);
      });
      for (let i = 0; i < 5; i += 1) {
        const { status } = await fetch(`${server.url}/v1/health/ready`);
        ended.push(`health ${status}`);
      }
      process.kill(computing, "SIGCONT");
      await Promise.all(answers);
      expect(ended).toEqual([...Array(5).fill("health 200"), ...Array(6).fill("film 200")]);
    } finally {
      await server.close();
      await close();
    }
  });

  test("has samples that it reads without doubt", async () => {
    const { samples } = SampleList.parse(await (await fetch(`${service.url}/v1/samples`)).json());
    expect(samples.length).toBeGreaterThanOrEqual(4);
    for (const { name } of samples) {
      const bytes = await (await fetch(`${service.url}/v1/samples/${name}`)).arrayBuffer();
      const { warnings } = await predict("/v1/predictions", new Uint8Array(bytes));
      // Of the film nothing; a random model contradicts itself.
      expect(warnings.filter(({ code }) => code !== "contradictory-findings")).toEqual([]);
    }
  });
});

describe("the server", () => {
  test("ends a request that never ends", async () => {
    const timeOuts = { requestTimeout: 300, headersTimeout: 300, connectionsCheckingInterval: 100 };
    const server = await startServer({ port: 0, films: serviceDouble(), models: shelfDouble(), timeOuts });
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      "POST /v1/predictions HTTP/1.1\r\nhost: localhost\r\ncontent-type: image/png\r\ncontent-length: 1000\r\n\r\nabc",
    );
    const answer = await text(socket);
    expect(answer).toMatch(/^(HTTP\/1\.1 408|$)/);
    await server.close();
  });

  test("answers HTTP/1.0, which names no host", async () => {
    const server = await startServer({ port: 0, films: serviceDouble(), models: shelfDouble() });
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write("GET /v1/health/live HTTP/1.0\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 /);
    await server.close();
  });

  test("says which port is in use, and lets it go when closed", async () => {
    const options = { films: serviceDouble(), models: shelfDouble() };
    const first = await startServer({ port: 0, ...options });
    const port = Number(new URL(first.url).port);
    await expect(startServer({ port, ...options })).rejects.toMatchObject({ code: "port-in-use" });
    await first.close();
    await (await startServer({ port, ...options })).close();
  });
});

describe("the Lambda handler", () => {
  test("takes and gives binary bodies in base64", async () => {
    const event = (path: string, query: string) => ({
      version: "2.0",
      routeKey: "$default",
      rawPath: path,
      rawQueryString: query,
      headers: { "content-type": "image/png", host: "api.example" },
      requestContext: { http: { method: "POST", path }, domainName: "api.example", requestId: "r" },
      body: Buffer.from(film).toString("base64"),
      isBase64Encoded: true,
    });
    const events = [
      event("/v1/predictions", "explain=top"),
      event("/v1/explanations", "observation=Pneumothorax"),
      { ...event("/v1/predictions", ""), body: Buffer.alloc(300_000).toString("base64") },
    ];
    const program = `
      const { handler } = await import("./functions/api/handler.ts");
      const answers = [];
      const { text } = await import("node:stream/consumers");
      for (const event of JSON.parse(await text(process.stdin))) answers.push(await handler(event));
      await new Promise((done) => process.stdout.write(JSON.stringify(answers), done));
      process.exit(0);`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      env: { ...process.env, HILUM_MODELS: service.models, HILUM_FILM_BYTES: "200000" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(JSON.stringify(events));
    const lines = (await text(child.stdout)).trim().split("\n");
    const [prediction, picture, refused] = JSON.parse(lines.at(-1)!);
    expect(prediction).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    expect(Prediction.parse(JSON.parse(prediction.body)).findings).toHaveLength(14);
    expect(picture).toMatchObject({ statusCode: 200, isBase64Encoded: true });
    const drawn = await sharp(Buffer.from(picture.body, "base64")).metadata();
    expect(drawn).toMatchObject({ width: 320, height: 384 });
    expect(refused.statusCode).toBe(413);
    expect(JSON.parse(refused.body)).toMatchObject({ code: "film-too-large", limit: 200_000 });
    for (const line of lines.slice(0, -1)) expect(JSON.parse(line)).toMatchObject({ event: "request" });
  });
});
