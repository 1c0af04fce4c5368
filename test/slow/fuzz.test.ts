import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "../../functions/api/server.ts";
import { openService, type Service } from "../../functions/api/service.ts";
import { random } from "../../lib/domain/random.ts";
import { promote } from "../../lib/registry/channels.ts";
import { MemoryStore } from "../../lib/store/memory.ts";
import { publishRandomModel } from "../lib/inference/published-model.ts";
import { python } from "../python.ts";
import { mutate } from "./fuzz/mutate.ts";
import { forgetPeak, memory, processorSeconds } from "./fuzz/process-use.ts";

/** `HILUM_FUZZ_SEED=… HILUM_FUZZ_FILES=… npm run test:slow -- fuzz` tries others, or more. */
const SEED = Number(process.env.HILUM_FUZZ_SEED ?? 1);
const FILES = Number(process.env.HILUM_FUZZ_FILES ?? 5000);
const KINDS = ["png", "jpg", "tif", "webp", "dcm"] as const;

/** Processor time that a film may cost at most, in seconds. */
const HANG = 2;
const BOMB_SECONDS = 0.1;
const BOMB_BYTES = 50_000_000;
/** Resident memory after all files, beside that after the first fifth of them. */
const GROWTH = 1.25;

const PROGRAMS = fileURLToPath(new URL("../lib/imaging/wrappings", import.meta.url));

let folder: string;
let service: Service;
let server: RunningServer;
let expected: ReadonlyMap<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-fuzz-"));
  const start = `import sys; sys.dont_write_bytecode = True; sys.path.insert(0, ${JSON.stringify(PROGRAMS)}); import write`;
  expected = new Map(await python<[string, string][]>(start, { folder }, "lib/imaging/wrappings/requirements.txt"));
  const models = new MemoryStore("memory://fuzz");
  const { version } = await publishRandomModel(models);
  await promote(models, version);
  service = await openService({ models });
  server = await startServer({ films: service.films, models: service.models, pageFolder: null, port: 0 });
});
afterAll(async () => {
  await server?.close();
  await service?.close();
  await rm(folder, { recursive: true, force: true });
});

async function ask(bytes: Uint8Array): Promise<{ status: number; code: string }> {
  const body = new Uint8Array(bytes);
  const headers = { "content-type": "application/octet-stream" };
  const response = await fetch(`${server.url}/v1/predictions`, { method: "POST", body, headers });
  const answer = (await response.json()) as { code?: string };
  return { status: response.status, code: answer.code ?? "answered" };
}

/** The process that decodes and predicts. */
const predictorProcess = async (): Promise<number> => (await service.films.vitals()).process;

describe(`${FILES} mutated films, seed ${SEED}`, () => {
  test("no fault of the service, no crash, no hang, no growth", async () => {
    const sound: Record<string, Buffer[]> = {};
    for (const kind of KINDS) {
      const names = (await readdir(folder)).filter(
        (name) => name.endsWith(`.${kind}`) && ["same", "answered"].includes(expected.get(name) ?? ""),
      );
      sound[kind] = await Promise.all(names.sort().map((name) => readFile(join(folder, name))));
    }
    const everything = Object.values(sound).flat();
    const pid = await predictorProcess();
    const codes = new Map<string, number>();
    let settled = Number.POSITIVE_INFINITY;
    for (let i = 0; i < FILES; i += 1) {
      const next = random(SEED, "fuzz", i);
      const files = sound[KINDS[i % KINDS.length]!]!;
      const file = mutate(files[Math.floor(next() * files.length)]!, next, everything);
      const before = await processorSeconds(pid);
      const { status, code } = await ask(file);
      const seconds = await processorSeconds(pid)
        .then((after) => after - before)
        .catch(() => Number.POSITIVE_INFINITY);
      if ((status !== 200 && (status < 400 || status >= 500)) || seconds > HANG) {
        const kept = join(tmpdir(), `hilum-fuzz-${SEED}-${i}`);
        await writeFile(kept, file);
        throw new Error(`file ${i} of seed ${SEED}, kept as ${kept}: ${status} ${code} after ${seconds} s`);
      }
      codes.set(code, (codes.get(code) ?? 0) + 1);
      if (i + 1 === Math.floor(FILES / 5)) settled = (await memory(pid)).now;
    }
    expect(await predictorProcess()).toBe(pid);
    expect((await memory(pid)).now).toBeLessThan(settled * GROWTH);
    // Both sides of every decoder were met: whole films and refused ones.
    expect([...codes.keys()]).toEqual(expect.arrayContaining(["answered", "film-damaged", "film-truncated"]));
  });
});

describe("bombs are refused from the header", () => {
  const BOMBS = {
    "10_gigapixels.png": "film-size",
    "51_megapixels.png": "film-size",
    "4_gigapixels.jpg": "film-size",
    "4_gigapixels.dcm": "film-size",
    "bomb_alone.dcm": "film-damaged",
    "bomb_after.dcm": "film-size",
    "bomb_header.dcm": "film-size",
    "a_million_elements.dcm": "film-damaged",
    "nested_20000_deep.dcm": "film-damaged",
    "pixels_of_2_gigabytes.dcm": "film-truncated",
    "film.png.gz": "unsupported-media",
    "elf.png": "unsupported-media",
    "pe.dcm": "unsupported-media",
  } as const;

  test.each(Object.entries(BOMBS))("%s: %s", async (name, code) => {
    const file = await readFile(join(folder, name));
    const pid = await predictorProcess();
    const [seconds, { now }] = [await processorSeconds(pid), await memory(pid)];
    await forgetPeak(pid);
    const answer = await ask(file);
    expect(answer.code).toBe(code);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect((await processorSeconds(pid)) - seconds).toBeLessThanOrEqual(BOMB_SECONDS);
    expect((await memory(pid)).peak - now).toBeLessThan(BOMB_BYTES + file.length);
  });
});
