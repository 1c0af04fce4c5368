import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BINDING_PATCHES } from "../../../lib/setup/binding-patches.mjs";
import { provisionEngine } from "../../../lib/setup/engine.mjs";
import { type EngineVariant, TENSORFLOW_VERSION } from "../../../lib/setup/engine-variants.mjs";

/** A wheel of the right shape with an empty library, small enough to make here. */
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as archive:
    for name in ["tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2", "tensorflow/include/xla/a.h"]:
        archive.writestr(name, "not a library")
`;

import { stubEnvironment } from "../../stub-environment.ts";

let folder: string;
let root: string;
let cache: string;

const variantOf = (sha256: string): EngineVariant => ({
  id: "cpu-linux-x64",
  distribution: "tensorflow-cpu",
  sha256,
  wheelMegabytes: 1,
  unpackedMegabytes: 1,
  platforms: ["manylinux_2_27_x86_64"],
  npmPackage: "@tensorflow/tfjs-node",
});

async function makeWheel(path: string): Promise<string> {
  execFileSync("python3", ["-c", MAKE_WHEEL, path]);
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

const provision = (sha256: string, tools: { python?: string; compiler?: string } = {}) =>
  provisionEngine(variantOf(sha256), {
    root,
    cache,
    python: tools.python ?? "python3",
    compiler: tools.compiler ?? "g++",
    say: () => {},
  });

const leftovers = async () => [
  ...(await readdir(join(cache, "engines"))),
  ...(await readdir(join(root, "node_modules", "@tensorflow", "tfjs-node"))).filter((name) => name !== "binding"),
];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-setup-"));
  root = join(folder, "project");
  cache = join(folder, "cache");
  const binding = join(root, "node_modules", "@tensorflow", "tfjs-node", "binding");
  await mkdir(binding, { recursive: true });
  await mkdir(join(cache, "wheels"), { recursive: true });
  const patched = BINDING_PATCHES.map(({ from }) => `${from}\n`).join("");
  await writeFile(join(binding, "tfjs_backend.cc"), `#include <set>\n#include <string>\n${patched}`);
  await writeFile(join(binding, "tfjs_binding.cc"), "this is not C++\n");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const keepWheel = async () => {
  const made = join(folder, "made.whl");
  const sha256 = await makeWheel(made);
  const name = `tensorflow-cpu-${TENSORFLOW_VERSION}-${sha256.slice(0, 12)}.whl`;
  await writeFile(join(cache, "wheels", name), await readFile(made));
  return sha256;
};

it("compiles the binding's sources with their patches, and leaves the package's own alone", async () => {
  const sha256 = await keepWheel();
  const compiler = join(folder, "compiler.sh");
  const seen = join(folder, "seen.cc");
  await writeFile(compiler, `#!/bin/sh\ncp binding/tfjs_backend.cc ${seen}\nexit 1\n`, { mode: 0o755 });
  await expect(provision(sha256, { compiler })).rejects.toThrow(/Compiling/);
  const compiled = await readFile(seen, "utf8");
  const own = await readFile(join(root, "node_modules/@tensorflow/tfjs-node/binding/tfjs_backend.cc"), "utf8");
  for (const { from, to } of BINDING_PATCHES) {
    expect(compiled).toContain(to);
    expect(own).toContain(from);
  }
});

it("stops where a patch does not fit the package any more", async () => {
  const sha256 = await keepWheel();
  await writeFile(join(root, "node_modules/@tensorflow/tfjs-node/binding/tfjs_backend.cc"), "int backend;\n");
  await expect(provision(sha256)).rejects.toThrow(/tfjs_backend.cc: .* stands there 0 times, expected once/);
  expect(await leftovers()).toEqual([]);
});

describe("provisionEngine says what is wrong and leaves nothing half-installed", () => {
  it("without Python", async () => {
    await expect(provision("0".repeat(64), { python: "/nowhere/python3" })).rejects.toThrow(
      /Python 3 is needed[\s\S]*python3-pip/,
    );
    expect(await leftovers()).toEqual([]);
  });

  it("without a compiler", async () => {
    const sha256 = await keepWheel();
    await expect(provision(sha256, { compiler: "/nowhere/g++" })).rejects.toThrow(/C\+\+ compiler is needed[\s\S]*CXX/);
    expect(await leftovers()).toEqual([]);
  });

  it("when the compiler refuses the sources", async () => {
    const sha256 = await keepWheel();
    await expect(provision(sha256)).rejects.toThrow(/Compiling the TensorFlow binding failed: .*error/);
    expect(await leftovers()).toEqual([]);
  });

  it("when the downloaded wheel has another hash", async () => {
    const mirror = join(folder, "mirror");
    await mkdir(mirror);
    await makeWheel(join(mirror, `tensorflow_cpu-${TENSORFLOW_VERSION}-cp311-cp311-manylinux_2_27_x86_64.whl`));
    stubEnvironment({ PIP_NO_INDEX: "1", PIP_FIND_LINKS: mirror });
    await expect(provision("0".repeat(64))).rejects.toThrow(/does not have the pinned SHA-256/);
    expect(await leftovers()).toEqual([]);
  });

  it("when there is nothing to download", async () => {
    stubEnvironment({ PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder });
    await expect(provision("0".repeat(64))).rejects.toMatchObject({
      message: expect.stringMatching(/Downloading TensorFlow failed: .*No matching distribution/),
      exitCode: 75,
    });
    expect(await leftovers()).toEqual([]);
  });

  it("when the disk has no room", async () => {
    const huge = { ...variantOf("0".repeat(64)), unpackedMegabytes: 1e12 };
    await expect(
      provisionEngine(huge, { root, cache, python: "python3", compiler: "g++", say: () => {} }),
    ).rejects.toThrow(/MB of room[\s\S]*HILUM_CACHE/);
    expect(await leftovers()).toEqual([]);
  });

  it("when the cached wheel was damaged: fetches it again", async () => {
    const sha256 = await keepWheel();
    const [name] = await readdir(join(cache, "wheels"));
    await writeFile(join(cache, "wheels", name!), "damaged");
    stubEnvironment({ PIP_NO_INDEX: "1", PIP_FIND_LINKS: folder });
    await expect(provision(sha256)).rejects.toThrow(/Downloading TensorFlow failed/);
    expect(await readdir(join(cache, "wheels"))).toEqual([]);
  });
});
