import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, cp, mkdtemp, readdir, readFile, rename, rm, statfs, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BINDING_PATCHES } from "./binding-patches.mjs";
import { makeCache } from "./cache-folder.mjs";
import { TENSORFLOW_VERSION } from "./engine-variants.mjs";
import { makeFolder } from "./make-folder.mjs";
import { runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";
import { diskFullError, fetchWheel } from "./wheel.mjs";

/** Folders of the wheel that the binding needs, besides its two libraries. */
const HEADERS = ["tensorflow/c/", "tensorflow/core/platform/", "xla/", "tsl/", "third_party/"];
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

/** Unpacks only what is needed of a wheel, with Python's own zip reader. */
const UNPACK = `
import os, sys, zipfile
wheel, target, libraries, headers = sys.argv[1], sys.argv[2], sys.argv[3].split(","), sys.argv[4].split(",")
with zipfile.ZipFile(wheel) as archive:
    for entry in archive.namelist():
        name = entry.removeprefix("tensorflow/")
        header = name.removeprefix("include/")
        if name in libraries: path = os.path.join(target, "lib", name)
        elif name.startswith("include/") and header.startswith(tuple(headers)) and not entry.endswith("/"): path = os.path.join(target, "include", header)
        else: continue
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(entry) as source, open(path, "wb") as sink:
            while piece := source.read(1 << 22): sink.write(piece)
`;

/** The names under which the binding looks for the libraries, and what they point at. */
export const LINKS = {
  "libtensorflow.so": "libtensorflow_cc.so.2",
  "libtensorflow_framework.so": "libtensorflow_framework.so.2",
};

/** Sources of our own addons. */
export const NATIVE = fileURLToPath(new URL("native", import.meta.url));

/** Our own addons, which stand beside the binding. */
export const ADDONS = [
  {
    name: "resize.node",
    sources: ["resize-addon.cc", "resize.cc", "statistics.cc"],
    flags: ["-O3", "-ffp-contract=off"],
    callsTensorflow: false,
  },
  {
    name: "jpeg.node",
    sources: ["jpeg-addon.cc", "decode-jpeg.cc", "resize.cc", "statistics.cc"],
    // A thread's end would unload the addon, and with it TensorFlow, which does not survive it.
    flags: ["-O3", "-ffp-contract=off", "-Wl,-z,nodelete"],
    callsTensorflow: true,
  },
  {
    name: "network.node",
    sources: [
      "network-addon.cc",
      "network.cc",
      "winograd.cc",
      "program.cc",
      "team.cc",
      "kernels.cc",
      "kernels-avx2.cc",
      "kernels-avx512.cc",
    ],
    flags: ["-O3", "-ffp-contract=fast", "-pthread"],
    callsTensorflow: false,
  },
];
const BINDING = "tfjs_binding.node";

/**
 * What compilers and linkers have against faults in native code: canaries on the stack, checked copies, no page that is
 * both written and run, and tables of addresses that are filled at the start and then read alone.
 */
const HARDENED = [
  ...["-fstack-protector-strong", "-fstack-clash-protection", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2"],
  ...["-Wformat", "-Werror=format-security", "-Wl,-z,relro,-z,now,-z,noexecstack"],
];

/**
 * Makes `require(variant.npmPackage)` work in a project: TensorFlow's libraries from its wheel, the binding compiled
 * against them once and our addons beside it, all kept in the cache and linked into node_modules. Nothing half-done is
 * ever left in either.
 * @param {import("./engine-variants.mjs").EngineVariant} variant
 * @param {{ root: string, cache: string, python: string, compiler: string, say: (text: string) => void }} place
 * @returns {Promise<string>} id of the engine that is now linked
 */
export async function provisionEngine(variant, { root, cache, python, compiler, say }) {
  const packageFolder = join(root, "node_modules", variant.npmPackage);
  const headersFolder = join(root, "node_modules", "node-api-headers", "include");
  const id = await engineId(variant, packageFolder);
  const engine = join(cache, "engines", id);
  if (!existsSync(engine)) {
    await makeCache(join(cache, "engines"));
    await requireRoom(cache, variant);
    const scratch = await mkdtemp(join(cache, "engines", ".building-"));
    try {
      const wheel = await fetchWheel(variant, { cache, scratch, python, say });
      const built = join(scratch, "engine");
      await unpack(wheel, built, python);
      say("Compiling the TensorFlow binding (once; up to a minute or two) ...");
      await patchSources(packageFolder, scratch);
      await compile({ built, sources: scratch, headersFolder, compiler });
      await rename(built, engine).catch((error) => {
        if (!existsSync(engine)) throw error;
      });
    } catch (error) {
      throw /** @type {NodeJS.ErrnoException} */ (error).code === "ENOSPC" ? diskFullError() : error;
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  await link(engine, packageFolder);
  return id;
}

/**
 * Names an engine by all that decides its bytes: wheel, binding sources and what is mended in them, our own sources.
 * @param {import("./engine-variants.mjs").EngineVariant} variant
 * @param {string} packageFolder
 */
export async function engineId(variant, packageFolder) {
  const hash = createHash("sha256").update(variant.sha256).update(JSON.stringify(BINDING_PATCHES));
  hash.update(JSON.stringify([ADDONS, HARDENED]));
  for (const folder of [NATIVE, join(packageFolder, "binding")]) {
    for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  }
  return `${variant.id}-${TENSORFLOW_VERSION}-${hash.digest("hex").slice(0, 12)}`;
}

/**
 * @param {string} folder
 * @param {import("./engine-variants.mjs").EngineVariant} variant
 */
async function requireRoom(folder, variant) {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  const needed = 2 * variant.wheelMegabytes + variant.unpackedMegabytes;
  if (free >= needed) return;
  throw new SetupError(
    `${folder} has ${free} MB of room; TensorFlow needs ${needed} MB while it is set up.`,
    "Make room, or set HILUM_CACHE to a folder on a larger disk.",
    75,
  );
}

/**
 * @param {string} wheel
 * @param {string} target
 * @param {string} python
 */
async function unpack(wheel, target, python) {
  const { code, output } = await runCommand(python, ["-c", UNPACK, wheel, target, LIBRARIES.join(), HEADERS.join()]);
  if (code === 0) return;
  if (/No space left/.test(output)) throw diskFullError();
  throw new SetupError(
    `Unpacking the TensorFlow wheel failed: ${output.trim().split("\n").at(-1)}`,
    `Remove ${wheel} and run the same command again.`,
    75,
  );
}

/**
 * The binding's sources with their patches, in `binding/` of a folder of our own.
 * @param {string} packageFolder
 * @param {string} scratch
 */
async function patchSources(packageFolder, scratch) {
  const sources = join(scratch, "binding");
  await cp(join(packageFolder, "binding"), sources, { recursive: true });
  for (const { file, from, to } of BINDING_PATCHES) {
    const pieces = (await readFile(join(sources, file), "utf8")).split(from);
    if (pieces.length !== 2)
      throw new Error(`${file}: "${from}" stands there ${pieces.length - 1} times, expected once`);
    await writeFile(join(sources, file), pieces.join(to));
  }
}

/** @param {{ built: string, sources: string, headersFolder: string, compiler: string }} place */
async function compile({ built, sources, headersFolder, compiler }) {
  const libraries = join(built, "lib");
  for (const [name, target] of Object.entries(LINKS)) await symlink(target, join(libraries, name));
  const node = [`-I${headersFolder}`];
  const tensorflow = [
    ...[`-I${join(built, "include")}`, `-L${libraries}`],
    ...["-ltensorflow", "-ltensorflow_framework", "-Wl,-rpath,$ORIGIN/../../deps/lib"],
  ];
  const binding = ["-O2", "-w", "-I.", "binding/tfjs_backend.cc", "binding/tfjs_binding.cc"];
  await runCompiler(compiler, sources, [...binding, ...node, ...tensorflow, "-o", join(built, BINDING)]);
  for (const { name, sources: files, flags, callsTensorflow } of ADDONS) {
    const addon = [...flags, ...files.map((file) => join(NATIVE, file)), ...node];
    await runCompiler(compiler, sources, [...addon, ...(callsTensorflow ? tensorflow : []), "-o", join(built, name)]);
  }
}

/**
 * @param {string} compiler
 * @param {string} cwd
 * @param {readonly string[]} flags
 */
async function runCompiler(compiler, cwd, flags) {
  const common = ["-shared", "-fPIC", "-std=c++17", "-DNAPI_VERSION=8", ...HARDENED];
  const { code, output, missing } = await runCommand(compiler, [...common, ...flags], { cwd });
  if (missing) {
    throw new SetupError(
      `A C++ compiler is needed to build the TensorFlow binding and "${compiler}" was not found.`,
      "Install one (Debian and Ubuntu: apt-get install g++), or set CXX to it.",
      64,
    );
  }
  if (code === 0) return;
  if (/No space left/.test(output)) throw diskFullError();
  const firstError = output.split("\n").find((line) => line.includes("error")) ?? output.trim().split("\n").at(-1);
  throw new SetupError(
    `Compiling the TensorFlow binding failed: ${firstError}`,
    "A compiler with C++17 is needed (g++ 9 or newer, clang 10 or newer); set CXX to one.",
    64,
  );
}

/**
 * @param {string} engine folder in the cache
 * @param {string} packageFolder of the npm package
 */
async function link(engine, packageFolder) {
  const libraries = join(packageFolder, "deps", "lib");
  const binding = join(packageFolder, "lib", "napi-v8");
  await rm(libraries, { recursive: true, force: true });
  await makeFolder(libraries);
  await makeFolder(binding);
  for (const name of [...LIBRARIES, ...Object.keys(LINKS)]) {
    await symlink(resolve(engine, "lib", name), join(libraries, name));
  }
  for (const name of [...ADDONS.map(({ name }) => name), BINDING]) {
    await copyFile(join(engine, name), join(binding, `${name}.new`));
    await rename(join(binding, `${name}.new`), join(binding, name));
  }
}
