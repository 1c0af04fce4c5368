import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPredictor, type Predictor } from "../../lib/inference/predictor.ts";
import { promote } from "../../lib/registry/channels.ts";
import { MemoryStore } from "../../lib/store/memory.ts";
import { publishRandomModel } from "../lib/inference/published-model.ts";
import { python } from "../python.ts";

/** A file and what is to come of it: `same` as the reference, `answered`, or the code of a refusal. */
type Wrapping = readonly [name: string, expected: string];

const PROGRAMS = fileURLToPath(new URL("../lib/imaging/wrappings", import.meta.url));
/** Probabilities of the same film may differ by so much: losses of JPEG, steps of 8 bits. */
const SAME = 0.01;

let folder: string;
let predictor: Predictor;
let wrappings: readonly Wrapping[];
let reference: Float32Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-wrappings-"));
  const start = `import sys; sys.dont_write_bytecode = True; sys.path.insert(0, ${JSON.stringify(PROGRAMS)}); import write`;
  wrappings = await python<Wrapping[]>(start, { folder }, "lib/imaging/wrappings/requirements.txt");
  const models = new MemoryStore("memory://wrappings");
  const { version } = await publishRandomModel(models);
  await promote(models, version);
  predictor = await openPredictor({ models, cache: join(folder, "cache") });
  reference = (await predictor.answer(await readFile(join(folder, "reference.png")))).prediction.probabilities;
  // The writers' packages are installed the first time.
});
afterAll(async () => {
  await predictor?.close();
  await rm(folder, { recursive: true, force: true });
});

/** What came of a file, in the words of the list. */
async function outcomeOf(name: string): Promise<string> {
  const [result] = await predictor.predict([await readFile(join(folder, name))]);
  if ("error" in result!) return result.error.code;
  const { probabilities } = result!.prediction;
  expect(probabilities.every(Number.isFinite), name).toBe(true);
  return probabilities.every((p, i) => Math.abs(p - reference[i]!) <= SAME) ? "same" : "answered";
}

describe("one film in every wrapping", () => {
  test("films differ under this model, so that `same` says something", async () => {
    expect(await outcomeOf("1.png")).toBe("answered");
  });

  test.each(["png", "jpg", "tif", "webp", "dcm"])("%s files come out as listed", async (extension) => {
    const listed = wrappings.filter(([name]) => name.endsWith(`.${extension}`));
    const found: Wrapping[] = [];
    for (const [name] of listed) found.push([name, await outcomeOf(name)]);
    expect(listed.length).toBeGreaterThan(4);
    expect(found).toEqual(listed);
  });

  test("what is no film is refused as such", async () => {
    const rest = wrappings.filter(([name]) => !/\.(png|jpg|tif|webp|dcm)$/.test(name));
    for (const [name, expected] of rest) expect([name, await outcomeOf(name)]).toEqual([name, expected]);
  });
});
