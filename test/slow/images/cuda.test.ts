import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runKeys } from "../../../lib/contracts/layout.ts";
import { FailureRecord, RunRequest } from "../../../lib/contracts/run.ts";
import { EXIT } from "../../../lib/domain/errors.ts";
import { readDocument, writeDocument } from "../../../lib/store/documents.ts";
import { openRooms, roomsOf } from "../../../lib/store/open.ts";
import { IMAGES_TIMEOUT_MS, image } from "../../images/build.ts";
import { startContainer } from "../../images/container.ts";
import { noPodman } from "../../images/podman.ts";

/** NVIDIA's libraries take 5 GB, so that this image is built on request alone. */
const absent = noPodman ?? (process.env.HILUM_CUDA_IMAGE === "1" ? undefined : "set HILUM_CUDA_IMAGE=1 to build it");

/**
 * What TensorFlow 2.21 opens by name once it has found a driver (tsl/platform/default/dso_loader.cc), with the versions
 * of CUDA 12 and cuDNN 9.
 */
const OPENED = [
  ...["libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcudnn.so.9", "libcufft.so.11"],
  ...[
    "libcusolver.so.11",
    "libcusparse.so.12",
    "libcupti.so.12",
    "libnvrtc.so.12",
    "libnvJitLink.so.12",
    "libnccl.so.2",
  ],
];

/** The driver's own, which NVIDIA's container toolkit brings in from the instance. */
const DRIVER = /^lib(cuda|nvidia-ml)\.so\.1$/;

/** The user `node` of the images. */
const USER = 1000;
const RUN = "cuda-1";

describe.skipIf(absent)(`the trainer's image with CUDA${absent ? `: ${absent}` : ""}`, () => {
  let name: string;
  let folder: string;
  beforeAll(async () => {
    name = await image("trainer", { engine: "gpu" });
    folder = await mkdtemp(join(tmpdir(), "hilum-cuda-"));
  }, IMAGES_TIMEOUT_MS);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const inImage = async (entrypoint: string, ...args: string[]) => {
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    const container = startContainer({ image: name, entrypoint: [entrypoint], args, onLine });
    return { code: await container.ended, lines };
  };

  it("has every library that TensorFlow opens, and all that these need", async () => {
    const known = (await inImage("/sbin/ldconfig", "-p")).lines.map((line) => line.trim().split(" ")[0]);
    expect(OPENED.filter((library) => !known.includes(library))).toEqual([]);
    const all = ["/opt/cuda/nvidia", "/app/node_modules/@tensorflow"];
    const find = `find ${all.join(" ")} -type f \\( -name '*.so*' -o -name '*.node' \\) | xargs -n 1 ldd 2>&1 | grep 'not found'`;
    const missing = (await inImage("/bin/sh", "-c", `${find} || true`)).lines.map((line) => line.trim().split(" ")[0]!);
    expect([...new Set(missing)].filter((library) => !DRIVER.test(library))).toEqual([]);
  });

  it("has the compiler's tools that XLA calls", async () => {
    const { code, lines } = await inImage("ptxas", "--version");
    expect({ code, said: lines.join(" ") }).toEqual({ code: 0, said: expect.stringContaining("release 12.9") });
  });

  it("stops without a GPU as wrong input, and says so", async () => {
    const environment = roomsOf(pathToFileURL(folder).href);
    const { runs } = openRooms(environment);
    await writeDocument(runs, runKeys(RUN).request, RunRequest, {
      ...{
        schema: "hilum.request/1",
        run: RUN,
        data: "file:///films",
        csv: ["train.csv"],
        fingerprint: "a".repeat(64),
      },
      ...{ config: { name: "cuda", model: { network: "densenet-mini" } }, createdAt: new Date().toISOString() },
    });
    for (const inside of [".", ...(await readdir(folder, { recursive: true }))]) {
      await chown(join(folder, inside), USER, USER);
    }
    const container = startContainer({
      image: name,
      environment: { ...environment, HILUM_RUN: RUN, HILUM_DEVICE: "gpu" },
      volumes: [`${folder}:${folder}`],
    });
    expect(await container.ended).toBe(EXIT.input);
    const failure = await readDocument(runs, runKeys(RUN).failure("train", 0), FailureRecord);
    expect(failure).toMatchObject({ code: "no-gpu", exitCode: EXIT.input, message: expect.stringContaining("GPU") });
  });
});
