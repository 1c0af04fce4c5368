import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ModelVersion } from "../../../lib/contracts/model-version.ts";
import { openAnsweringModel } from "../../../lib/inference/answering-model.ts";
import { openStore, storeUri } from "../../../lib/store/open.ts";
import { publishRandomModel, SIZE } from "./published-model.ts";

let store: string;
let version: ModelVersion;
let folder: string;
let graph: string;

beforeAll(async () => {
  store = await mkdtemp(join(tmpdir(), "hilum-answering-"));
  version = await publishRandomModel(openStore(storeUri(store)));
  folder = join(store, "versions", version.version);
  graph = join(folder, "saved_model", "saved_model.pb");
});
afterAll(() => rm(store, { recursive: true, force: true }));

const SQUARE = { pixels: new Uint8Array(SIZE ** 2).map((_, i) => i % 251), maps: false };

test.each<[string, (bytes: Buffer) => Promise<void>]>([
  ["one byte changed", (bytes) => writeFile(graph, Buffer.from(bytes).fill(bytes.at(-1)! ^ 1, bytes.length - 1))],
  ["cut short", (bytes) => writeFile(graph, bytes.subarray(0, -1))],
  ["more behind its end", (bytes) => writeFile(graph, Buffer.concat([bytes, bytes]))],
  ["away", () => rename(graph, `${graph}.away`)],
])("files that were changed since they were verified do not answer: %s", async (_, change) => {
  const bytes = await readFile(graph);
  await change(bytes);
  await expect(openAnsweringModel(folder, version)).rejects.toMatchObject({ code: "version-damaged", exitCode: 64 });
  await writeFile(graph, bytes);
  const model = await openAnsweringModel(folder, version);
  const before = await model.predict(SQUARE);
  // What answers was read before: a file that is changed now is another's matter.
  await change(bytes);
  expect(await model.predict(SQUARE)).toEqual(before);
  model.close();
  await writeFile(graph, bytes);
});
