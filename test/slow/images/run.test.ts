import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RoomsEnvironment } from "../../../lib/contracts/environment.ts";
import { RunEvaluation } from "../../../lib/contracts/evaluation.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { FailureRecord, type RunRequest } from "../../../lib/contracts/run.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../../lib/data/request.ts";
import { type MachineOptions, type MachineResult, runMachine } from "../../../lib/local/machine.ts";
import { writePhantoms } from "../../../lib/phantoms/write-phantoms.ts";
import { findDocument, readDocument } from "../../../lib/store/documents.ts";
import { openRooms, openStore, type Rooms, roomsOf } from "../../../lib/store/open.ts";
import { FUNCTION_STEPS, type FunctionStep } from "../../../lib/workflow/functions.ts";
import { JOB_STEPS, JOBS, type JobStep } from "../../../lib/workflow/jobs.ts";
import { IMAGES_TIMEOUT_MS, image } from "../../images/build.ts";
import { startContainer } from "../../images/container.ts";
import { inContainers } from "../../images/in-containers.ts";
import { noPodman } from "../../images/podman.ts";
import { stubEnvironment } from "../../stub-environment.ts";
import { noServer, type S3Server, startS3Server } from "../../versitygw.ts";

const ROOT = new URL("../../../", import.meta.url);
const absent = noPodman ?? noServer;

/** Two parts to prepare and two members to train, so that both are arrays. */
const CONFIG = RunConfig.parse({
  name: "images",
  model: { network: "densenet-mini", channels: 1, headWidth: 16 },
  geometry: { size: 48 },
  split: { train: 0.5, tuning: 0.15, calibration: 0.15, test: 0.2 },
  prepare: { rowsPerPart: 150 },
  training: { epochs: 2, batchSize: 16, seeds: [1, 2], checkpointEverySteps: 2 },
  evaluation: { operatingPoint: "max-f1" },
  gate: { minMeanAuroc: 0 },
});
const FILMS = 220;
/** The user `node` of the images. */
const USER = 1000;

const quiet: MachineOptions["observer"] = { started() {}, line() {}, retried() {}, ended() {} };

const perStep = <Step extends string>(steps: readonly Step[], value: (step: Step) => string) =>
  Object.fromEntries(steps.map((step) => [step, value(step)])) as Record<Step, string>;

const functions = perStep<FunctionStep>(FUNCTION_STEPS, (step) => new URL(`functions/${step}/handler.ts`, ROOT).href);

/** The code of a function as the stack bundles it. */
async function bundle(module: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(module)],
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    target: "node24",
    mainFields: ["module", "main"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    keepNames: true,
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

interface Run {
  readonly request: RunRequest;
  readonly rooms: Rooms;
  readonly result: MachineResult;
}

describe.skipIf(absent)(`a run in the images${absent ? `: ${absent}` : ""}`, () => {
  let folder: string;
  let server: S3Server;
  let images: Record<JobStep, string>;
  let lambdaImage: string;
  let inProcesses: Run;
  let inStore: Run;
  let inBuckets: Run;

  const ownedByUser = async (path: string): Promise<void> => {
    const inside = await readdir(path, { recursive: true });
    for (const name of [".", ...inside]) await chown(join(path, name), USER, USER);
  };

  const run = async (
    environment: RoomsEnvironment & Record<string, string>,
    data: string,
    options: Partial<MachineOptions> = {},
    beforeStart = async () => {},
  ): Promise<Run> => {
    const rooms = openRooms(environment);
    const request = await prepareRequest(data, CONFIG);
    await writeRequest(rooms, request);
    await beforeStart();
    const result = await runMachine(
      { run: request.run },
      {
        functions,
        programs: perStep<JobStep>(JOB_STEPS, (step) =>
          fileURLToPath(new URL(`containers/${JOBS[step].container}/main.ts`, ROOT)),
        ),
        environment,
        observer: quiet,
        signal: new AbortController().signal,
        ...options,
      },
    );
    return { request, rooms, result };
  };

  const contained = (volumes: readonly string[]): Partial<MachineOptions> => ({
    programs: images,
    ...inContainers({ job: (name) => ({ image: name }), lambdaImage, code: bundle, volumes, memoryMiB: 6000 }),
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "hilum-images-"));
    await ownedByUser(folder);
    server = await startS3Server();
    const built: Record<string, string> = {};
    for (const step of JOB_STEPS) built[step] = await image(JOBS[step].container);
    images = built as Record<JobStep, string>;
    lambdaImage = await image("api");

    const data = join(folder, "films");
    await writePhantoms({ folder: data, seed: 5, frontalFilms: FILMS });
    const uri = pathToFileURL(data).href;
    inProcesses = await run(roomsOf(pathToFileURL(join(folder, "processes")).href), uri);

    const store = join(folder, "containers");
    inStore = await run(
      roomsOf(pathToFileURL(store).href),
      uri,
      contained([`${store}:${store}`, `${data}:${data}:ro`]),
      () => ownedByUser(store),
    );

    stubEnvironment(server.environment);
    const bucket = await server.bucket("hilum");
    const films = openStore(uri);
    for await (const { key } of films.list("")) await openStore(`${bucket}/films`).put(key, await films.get(key));
    const inBucket = { ...roomsOf(`${bucket}/store`), ...server.environment };
    inBuckets = await run(inBucket, `${bucket}/films`, contained([]));
  }, IMAGES_TIMEOUT_MS);
  afterAll(async () => {
    await server?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("goes through the same states as processes do, over a mounted store and over buckets", () => {
    expect(inProcesses.result.status).toBe("succeeded");
    expect(inProcesses.result.trace.filter((event) => event.includes("array"))).toHaveLength(4);
    expect(inStore.result).toEqual(inProcesses.result);
    expect(inBuckets.result).toEqual(inProcesses.result);
  });

  const objects = async ({ rooms }: Run, room: keyof Rooms, wanted: RegExp): Promise<Map<string, string>> => {
    const found = new Map<string, string>();
    for await (const { key } of rooms[room].list("")) {
      if (wanted.test(key)) found.set(key, Buffer.from(await rooms[room].get(key)).toString("base64"));
    }
    return found;
  };

  it("leaves the same shards, plans and weights, byte by byte", async () => {
    expect(inStore.request.run).toBe(inProcesses.request.run);
    for (const [room, wanted, count] of [
      ["datasets", /shard-\d+\.arrow$|manifest-\w+\.arrow$/, 3],
      ["runs", /epoch-plan\.arrow$|rows\.arrow$|assignments\.arrow$|weights\.safetensors$/, 5],
    ] as const) {
      const expected = await objects(inProcesses, room, wanted);
      expect(expected.size).toBe(count);
      expect(await objects(inStore, room, wanted)).toEqual(expected);
    }
  });

  it("leaves the same figures", async () => {
    const evaluation = ({ rooms, request }: Run) =>
      readDocument(rooms.runs, runKeys(request.run).evaluation, RunEvaluation);
    const figures = async (one: Run) => {
      const { model: _, ...rest } = await evaluation(one);
      return rest;
    };
    expect(await figures(inStore)).toEqual(await figures(inProcesses));
  });

  it("is stopped by wrong input with 64, and says so where the process does", async () => {
    const { request, rooms } = inStore;
    const lines: string[] = [];
    const store = join(folder, "containers");
    const wrong = startContainer({
      image: images.upsample,
      environment: { ...roomsOf(pathToFileURL(store).href), HILUM_RUN: "no-such-run" },
      volumes: [`${store}:${store}`],
      onLine: (line) => lines.push(line),
    });
    expect(await wrong.ended).toBe(64);
    expect(lines.join("\n")).toContain("no-such-run");
    expect(await findDocument(rooms.runs, runKeys(request.run).failure("upsample"), FailureRecord)).toBeUndefined();
  });

  it("can try again where the store does not answer: 75", async () => {
    const away = { ...server.environment, AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9", AWS_MAX_ATTEMPTS: "1" };
    const container = startContainer({
      image: images.upsample,
      environment: { ...roomsOf("s3://hilum/store"), ...away, HILUM_RUN: inBuckets.request.run },
    });
    expect(await container.ended).toBe(75);
  });

  it("keeps what a trainer has learned when it is stopped, and goes on from there", async () => {
    const { request } = inStore;
    const store = join(folder, "containers");
    const { rooms } = inStore;
    const member = runKeys(request.run).member(0);
    for await (const { key } of rooms.runs.list(member.prefix)) await rooms.runs.delete(key);
    await rooms.runs.delete(runKeys(request.run).stepRecord("train", 0));
    const lines: string[] = [];
    const start = (onLine: (line: string) => void) =>
      startContainer({
        image: images.train,
        environment: {
          ...roomsOf(pathToFileURL(store).href),
          HILUM_RUN: request.run,
          AWS_BATCH_JOB_ARRAY_INDEX: "0",
        },
        volumes: [`${store}:${store}`],
        onLine,
      });
    let told = false;
    const first = start((line) => {
      lines.push(line);
      if (told || !line.includes('"progress"')) return;
      told = true;
      first.stop(60_000);
    });
    expect(await first.ended).toBe(75);
    expect(lines.join("\n")).toMatch(/training stopped after step \d+ of 16/);
    const kept = [];
    for await (const { key } of rooms.runs.list(member.checkpoints)) kept.push(key);
    expect(kept.length).toBeGreaterThan(0);
    expect(await start(() => {}).ended).toBe(0);
    const weights = async ({ rooms: of }: Run) => Buffer.from(await of.runs.get(member.weights));
    expect((await weights(inStore)).equals(await weights(inProcesses))).toBe(true);
  });

  it("is ended where it needs more memory than it was given", async () => {
    const container = startContainer({
      image: images.prepare,
      entrypoint: ["node", "-e", "const all = []; for (;;) all.push(Buffer.alloc(1 << 24, 1));"],
      memoryMiB: 256,
    });
    expect(await container.ended).toBe(137);
  });
});
