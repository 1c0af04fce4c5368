import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath, pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import type * as z from "zod";
import type { RoomsEnvironment } from "../../../lib/contracts/environment.ts";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { FailureRecord, type RunRequest } from "../../../lib/contracts/run.ts";
import { RunConfig } from "../../../lib/contracts/run-config.ts";
import { prepareRequest, writeRequest } from "../../../lib/data/request.ts";
import { prepare } from "../../../lib/data/steps/prepare.ts";
import { upsample } from "../../../lib/data/steps/upsample.ts";
import { runStep } from "../../../lib/steps/run-step.ts";
import { findDocument } from "../../../lib/store/documents.ts";
import { openRooms, type Rooms, roomsOf } from "../../../lib/store/open.ts";
import { containerProgram } from "../../container-program.ts";
import { stubEnvironment } from "../../stub-environment.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

type FunctionStep = "validate" | "plan" | "merge";
type Program = "prepare" | "upsampler";

export interface Ended {
  readonly exitCode: number;
  readonly stderr: string;
}

/** A run over a store of its own, whose steps are the real handlers and the real programs. */
export interface DataRun {
  readonly store: string;
  readonly rooms: Rooms;
  readonly request: RunRequest;
  readonly keys: ReturnType<typeof runKeys>;
  readonly environment: RoomsEnvironment;
  call(step: FunctionStep): Promise<unknown>;
  /** The same work in this process by one thread, which is quicker: a thread takes longer to start than a small part does. */
  work(program: Program, index?: number): Promise<unknown>;
  /** @param onLine told each line of stderr, with the process to signal */
  start(
    program: Program,
    more?: Readonly<Record<string, string>>,
    onLine?: (line: string, child: ChildProcess) => void,
  ): Promise<Ended>;
  failure(step: string, index?: number): Promise<FailureRecord | undefined>;
  /** Keys of all objects in a room. */
  objects(room: keyof Rooms): Promise<string[]>;
}

export type ConfigInput = Partial<z.input<typeof RunConfig>>;

export async function dataRun(dataUri: string, config: ConfigInput = {}, store?: string): Promise<DataRun> {
  const folder = store ?? (await mkdtemp(join(tmpdir(), "hilum-store-")));
  if (store === undefined) onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const environment = roomsOf(pathToFileURL(folder).href);
  const rooms = openRooms(environment);
  const parsed = RunConfig.parse({
    name: "tiny",
    model: { network: "densenet-mini" },
    geometry: { size: 32 },
    split: { train: 0.4, tuning: 0.2, calibration: 0.2, test: 0.2 },
    ...config,
  });
  const request = await prepareRequest(dataUri, parsed);
  await writeRequest(rooms, request);
  const keys = runKeys(request.run);
  return {
    store: folder,
    rooms,
    request,
    keys,
    environment,
    async call(step) {
      stubEnvironment(environment);
      const { handler } = await import(`../../../functions/${step}/handler.ts`);
      return handler({ run: request.run });
    },
    async work(program, index = 0) {
      const { run } = request;
      const shared = { run, environment, emit: () => {} };
      if (program === "upsampler") return runStep({ step: "upsample", ...shared }, upsample);
      return runStep({ step: "prepare", index, ...shared }, (context) => prepare(context, { threads: 1 }));
    },
    async start(program, more = {}, onLine = () => {}) {
      const child = spawn(process.execPath, containerProgram(program), {
        cwd: root,
        env: { ...process.env, ...environment, HILUM_RUN: request.run, ...more },
        stdio: ["ignore", "ignore", "pipe"],
      });
      createInterface({ input: child.stderr }).on("line", (line) => onLine(line, child));
      const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, "close")]);
      return { exitCode, stderr };
    },
    failure: (step, index) => findDocument(rooms.runs, keys.failure(step, index), FailureRecord),
    async objects(room) {
      const found: string[] = [];
      for await (const { key } of rooms[room].list("")) found.push(key);
      return found;
    },
  };
}
