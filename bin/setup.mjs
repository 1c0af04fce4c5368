/**
 * Makes a fresh clone ready: npm packages, the programs' bundle, the TensorFlow engine. Node's own modules only, since
 * nothing is installed yet. Takes milliseconds where everything is in place. `--device cuda` provisions the GPU engine,
 * `--device none` only the packages.
 */
import { existsSync } from "node:fs";
import { readFile, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../lib/setup/cache-folder.mjs";
import { engineId, provisionEngine } from "../lib/setup/engine.mjs";
import { variantFor } from "../lib/setup/engine-variants.mjs";
import { forgetOld } from "../lib/setup/forget-old.mjs";
import { installPackages, lockHash } from "../lib/setup/packages.mjs";
import { bundlePrograms } from "../lib/setup/programs.mjs";
import { replaceFile } from "../lib/setup/replace-file.mjs";
import { SetupError } from "../lib/setup/setup-error.mjs";

const MINIMUM_NODE = [20, 9];
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, "node_modules", ".hilum-ready.json");
const device = process.argv.includes("cuda") ? "cuda" : process.argv.includes("none") ? "none" : "cpu";
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [wantMajor = 0, wantMinor = 0] = MINIMUM_NODE;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new SetupError(
    `Node ${process.versions.node} is too old.`,
    `Install Node ${MINIMUM_NODE.join(".")} or newer.`,
    64,
  );
}

/** @param {"cpu" | "cuda"} device */
function requireVariant(device) {
  const variant = variantFor(device, process.platform, process.arch);
  if (variant) return variant;
  throw new SetupError(
    `There is no ${device} engine for ${process.platform} on ${process.arch}.`,
    "Use Linux on x64 or arm64 (a container or WSL 2 will do).",
    64,
  );
}

async function setUp() {
  requireNode();
  const lock = await lockHash(root);
  const before = existsSync(stamp) ? JSON.parse(await readFile(stamp, "utf8")) : {};
  if (device === "none") {
    if (before.lock !== lock) await installPackages(root, say);
    return writeStamp({ lock, engines: before.lock === lock ? before.engines : {} });
  }
  const variant = requireVariant(device);
  if (before.lock !== lock) await installPackages(root, say);
  await bundlePrograms(root);
  const packageFolder = join(root, "node_modules", variant.npmPackage);
  const cache = cacheFolder();
  const linked = join(packageFolder, "deps", "lib", "libtensorflow_cc.so.2");
  const ready =
    before.lock === lock && existsSync(linked) && before.engines?.[device] === (await engineId(variant, packageFolder));
  if (ready) {
    // Where the cache may not be written, nothing in it grows old.
    await forgetOld(join(cache, "engines"), before.engines[device]).catch(() => {});
    return utimes(stamp, new Date(), new Date());
  }
  const id = await provisionEngine(variant, {
    ...{ root, cache, say },
    python: process.env.PYTHON || "python3",
    compiler: process.env.CXX || "g++",
  });
  await forgetOld(join(cache, "engines"), id);
  const engines = { ...(before.lock === lock ? before.engines : {}), [device]: id };
  await writeStamp({ lock, engines });
  say(`Ready: TensorFlow engine ${id}`);
}

/** @param {object} contents */
const writeStamp = (contents) => replaceFile(stamp, JSON.stringify(contents));

try {
  await setUp();
} catch (error) {
  const known = error instanceof SetupError;
  say(`hilum set-up: ${known ? error.message : /** @type {Error} */ (error).stack}`);
  process.exitCode = known ? error.exitCode : 1;
}
