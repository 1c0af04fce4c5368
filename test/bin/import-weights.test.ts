import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fetchWeights } from "../../bin/cli/fetch-weights.ts";
import { TemporaryError } from "../../lib/domain/errors.ts";
import { buildNetwork } from "../../lib/model/networks.ts";
import { parametersOf } from "../../lib/model/parameters.ts";
import { writeKeras3 } from "../lib/model/keras-files.ts";
import { livedInWeights } from "../lib/model/samples.ts";
import { hilum } from "./hilum.ts";

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-import-command-"));
  file = join(folder, "resnet.weights.h5");
  const network = buildNetwork({ network: "resnet-mini", channels: 1, headWidth: 8 });
  const weights = livedInWeights(network, 4);
  const names = [...new Set(parametersOf(network).map(({ layer }) => layer))];
  const weightsOf = (name: string) =>
    parametersOf(network).flatMap((one) => (one.layer === name ? [weights.get(one.name)!] : []));
  await writeKeras3(
    file,
    names.map((name) => ({ name, weights: weightsOf(name) })),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("import-weights", () => {
  test("says under which name a configuration asks for the file", async () => {
    const store = join(folder, "store");
    const ended = await hilum(["import-weights", file, "--backbone", "resnet-mini", "--store", store, "--json"]);
    expect(ended.exitCode, ended.stderr).toBe(0);
    const imported = JSON.parse(ended.stdout);
    const sha256 = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    expect(imported).toMatchObject({ sha256, network: "resnet-mini", channels: 1, headWidth: 8, imagenet: false });
    expect(await readdir(join(store, "models", "weights", sha256))).toEqual(["weights.json", "weights.safetensors"]);
  });

  test("names the layer of a file of another network, and ends with 64", async () => {
    const ended = await hilum(["import-weights", file, "--backbone", "vgg-mini", "--store", join(folder, "other")]);
    expect(ended.exitCode).toBe(64);
    expect(ended.stderr).toContain("layer block1_conv1: not there");
  });

  test("without a file, a network that Keras does not publish is refused", async () => {
    const ended = await hilum(["import-weights", "--backbone", "vgg-mini", "--store", join(folder, "other")]);
    expect(ended.exitCode).toBe(64);
    expect(ended.stderr).toContain("expected a file or densenet121, vgg16, resnet50");
  });
});

describe("fetching", () => {
  const bytes = Buffer.from("weights as they are published");
  const md5 = createHash("md5").update(bytes).digest("hex");
  let server: Server;
  let base: string;
  let asked = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked += 1;
      if (request.url === "/gone.h5") response.writeHead(404).end();
      else response.end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(() => server.close());

  test("fetches a file once", async () => {
    const cache = join(folder, "cache");
    const first = await fetchWeights({ url: `${base}/a.h5`, md5 }, cache);
    expect(await readFile(first)).toEqual(bytes);
    expect(await fetchWeights({ url: `${base}/a.h5`, md5 }, cache)).toBe(first);
    expect(asked).toBe(1);
    expect(await readdir(cache)).toEqual(["a.h5"]);
  });

  test("keeps nothing whose MD5 is wrong", async () => {
    const cache = join(folder, "wrong");
    const wrong = fetchWeights({ url: `${base}/b.h5`, md5: "0".repeat(32) }, cache);
    await expect(wrong).rejects.toThrow(TemporaryError);
    await expect(wrong).rejects.toThrow(`MD5 ${md5}, expected ${"0".repeat(32)}`);
    expect(await readdir(cache)).toEqual([]);
  });

  test.each([["/gone.h5", "HTTP 404"]])("says what came of %s", async (path, reason) => {
    await expect(fetchWeights({ url: base + path, md5 }, join(folder, "gone"))).rejects.toThrow(reason);
  });
});
