import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BatchPrediction, Prediction } from "../../lib/contracts/api.ts";
import { InferResponse } from "../../lib/contracts/open-inference.ts";
import { startTestService, type TestService } from "../functions/api/served-model.ts";
import { pythonPackages } from "../python.ts";

/** Programs that know nothing of the service but its OpenAPI document. */

interface Answer {
  readonly status: number;
  readonly kind: string;
  readonly body: unknown;
  readonly bytes: number;
}

let service: TestService;
let packages: string;
let folder: string;

beforeAll(async () => {
  packages = await pythonPackages(join(import.meta.dirname, "api-clients-requirements.txt"));
  folder = await mkdtemp(join(tmpdir(), "hilum-clients-"));
  service = await startTestService();
});
afterAll(async () => {
  await service?.close();
  await rm(folder, { recursive: true, force: true });
});

async function python(args: readonly string[], input = ""): Promise<{ code: number; output: string; errors: string }> {
  const env = { ...process.env, PYTHONPATH: `${packages}:${folder}`, PATH: `${packages}/bin:${process.env.PATH}` };
  const child = spawn("python3", args, { cwd: folder, env });
  child.stdin.end(input);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code, output, errors };
}

const documentOf = async (version: string): Promise<string> =>
  (await fetch(`${service.url}/v1/openapi.json?version=${version}`)).text();

/** Kinds that the generator does not know to be bytes. */
const OVERRIDES = ["image/png", "image/*", "application/dicom"].map((type) => `  ${type}: application/octet-stream`);

test.each(["3.1", "3.0"])("a client made from the OpenAPI %s document calls every route", async (version) => {
  const document = await documentOf(version);
  await writeFile(join(folder, "openapi.json"), document);
  await writeFile(join(folder, "config.yml"), ["content_type_overrides:", ...OVERRIDES, ""].join("\n"));
  await rm(join(folder, "client"), { recursive: true, force: true });
  const made = await python([
    ...["-m", "openapi_python_client", "generate", "--path", "openapi.json", "--config", "config.yml"],
    ...["--output-path", "client", "--meta", "none"],
  ]);
  expect(made.code, made.errors).toBe(0);
  // A route or schema that the generator leaves out is told of here.
  expect(made.output).not.toMatch(/WARNING|Unable|Skipping|removal/);

  const film = await (await fetch(`${service.url}/v1/samples/effusion`)).arrayBuffer();
  const { model } = service;
  const task = {
    url: service.url,
    film: Buffer.from(film).toString("base64"),
    model: model.name,
    version: model.version,
  };
  const script = await readFile(join(import.meta.dirname, "api_client.py"), "utf8");
  const called = await python(["-c", script], JSON.stringify(task));
  expect(called.code, called.errors).toBe(0);
  const answers: Record<string, Answer[]> = JSON.parse(called.output);

  const { paths } = JSON.parse(document) as { paths: Record<string, Record<string, { operationId: string }>> };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods).map((one) => one.operationId));
  expect(Object.keys(answers).sort()).toEqual(operations.sort());
  const strangers = Object.entries(answers).flatMap(([name, given]) => given.map(({ status }) => [name, status]));
  const statuses = new Map([
    ["startUpload", 201],
    ["receiveUpload", 204],
    ["giveFeedback", 201],
  ]);
  for (const [name, status] of strangers) {
    if (name === "describeModel" && status === 404) continue;
    expect([name, status]).toEqual([name, statuses.get(name as string) ?? 200]);
  }
  const [all, plain, uploaded] = answers.predict!.map(({ body }) => Prediction.parse(body));
  expect(all!.findings.every(({ map }) => map !== undefined)).toBe(true);
  expect(uploaded!.findings).toEqual(plain!.findings);
  expect(BatchPrediction.parse(answers.predictBatch![0]!.body).results).toHaveLength(2);
  expect(answers.explain![0]!.bytes).toBeGreaterThan(1000);
  expect(answers.describeModel!.map(({ kind }) => kind)).toEqual(["ModelDetails", "Problem"]);
  expect(InferResponse.parse(answers.versionInfer![0]!.body).outputs).toHaveLength(2);
  expect(answers.giveFeedback!.map(({ body }) => (body as { filmKept: boolean }).filmKept)).toEqual([false, true]);
});

test("schemathesis finds no server error, and nothing that the document does not tell", async () => {
  const { code, output, errors } = await python([
    ...["-m", "schemathesis.cli", "run", `${service.url}/v1/openapi.json`, "--url", service.url],
    ...["--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"],
    ...["--max-examples", "15", "--seed", "1", "--generation-database", "none", "--no-color"],
  ]);
  expect(code, `${output}\n${errors}`).toBe(0);
});
