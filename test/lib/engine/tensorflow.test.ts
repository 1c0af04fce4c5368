import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { SHARE_ENV, Worker } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { InputError } from "../../../lib/domain/errors.ts";
import { device, requireDevice } from "../../../lib/engine/tensorflow.ts";

const run = promisify(execFile);
const root = new URL("../../../", import.meta.url).pathname;
const tsx = import.meta.resolve("tsx");

describe("the device", () => {
  test("is reported with TensorFlow's version", () => {
    expect(device()).toMatchObject({ tensorflow: "2.21.0", package: "@tensorflow/tfjs-node", oneDnn: true });
    expect(requireDevice("cpu")).toEqual(device());
  });

  test.runIf(device().kind === "cpu")("is refused where a GPU was asked for and none is used", () => {
    expect(() => requireDevice("gpu")).toThrow(InputError);
    expect(() => requireDevice("gpu")).toThrow("a GPU was asked for");
  });
});

test("TensorFlow runs in several worker threads at once", async () => {
  const program = `
    const { workerData, parentPort } = require("node:worker_threads");
    const load = async () => {
      (await import(workerData.tsx)).register();
      return (await import(workerData.door)).device().tensorflow;
    };
    load().then((version) => parentPort.postMessage(version));
  `;
  const workerData = { tsx: import.meta.resolve("tsx/esm/api"), door: `file://${root}lib/engine/tensorflow.ts` };
  const answers = [0, 1].map(
    () =>
      new Promise((resolve, reject) => {
        const worker = new Worker(program, { eval: true, workerData, env: SHARE_ENV });
        worker.once("message", resolve).once("error", reject);
      }),
  );
  expect(await Promise.all(answers)).toEqual(["2.21.0", "2.21.0"]);
});

describe("a process of its own", () => {
  const print = "import('./lib/engine/tensorflow.ts').then((m) => console.log(JSON.stringify(m.device())))";
  const node = (code: string, cwd: string, env: NodeJS.ProcessEnv = {}) =>
    run(process.execPath, ["--import", tsx, "--eval", code], { cwd, env: { ...process.env, ...env } });

  test("keeps what its environment says about oneDNN", async () => {
    const { stdout } = await node(print, root, { TF_ENABLE_ONEDNN_OPTS: "0" });
    expect(JSON.parse(stdout)).toMatchObject({ oneDnn: false });
  });

  test("says in one sentence how to set the engine up where it is missing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "hilum-no-engine-"));
    try {
      await mkdir(join(folder, "lib"));
      for (const part of ["lib/engine", "lib/domain"])
        await cp(join(root, part), join(folder, part), { recursive: true });
      const manifest = { type: "module", imports: { "#tensorflow": "./none.cjs" } };
      await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
      const code = print.replace("console.log(JSON.stringify(m.device()))", "m.device()");
      const failed = await node(`${code}.catch((e) => console.log(e.code, e.exitCode, e.message))`, folder);
      expect(failed.stdout.trim()).toBe("engine-missing 64 TensorFlow is not set up here: run node bin/setup.mjs");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
