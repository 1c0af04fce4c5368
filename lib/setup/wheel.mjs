import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TENSORFLOW_VERSION } from "./engine-variants.mjs";
import { makeFolder } from "./make-folder.mjs";
import { runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";

/** @param {string} path */
async function sha256(path) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

/** Python's message when pip is not there; the mend names the package of the commonest systems. */
const PIP_MISSING = /No module named '?"?pip/;

/**
 * The wheel of a variant, downloaded once into the cache and checked against its hash.
 * @param {import("./engine-variants.mjs").EngineVariant} variant
 * @param {{ cache: string, scratch: string, python: string, say: (text: string) => void }} place `scratch` is emptied by the caller
 * @returns {Promise<string>} path of the wheel
 */
export async function fetchWheel(variant, { cache, scratch, python, say }) {
  const kept = join(
    cache,
    "wheels",
    `${variant.distribution}-${TENSORFLOW_VERSION}-${variant.sha256.slice(0, 12)}.whl`,
  );
  if (existsSync(kept)) {
    if ((await sha256(kept)) === variant.sha256) return kept;
    await rm(kept);
    say("The cached TensorFlow wheel is damaged; fetching it again.");
  }
  say(`Downloading TensorFlow ${TENSORFLOW_VERSION} (${variant.wheelMegabytes} MB, once) ...`);
  const requirement = `${variant.distribution}==${TENSORFLOW_VERSION} --hash=sha256:${variant.sha256}\n`;
  const requirements = join(scratch, "requirements.txt");
  await writeFile(requirements, requirement);
  const result = await runCommand(
    python,
    [
      ...["-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--disable-pip-version-check"],
      ...["--only-binary=:all:", "--python-version=3.11", "--implementation=cp", "--abi=cp311"],
      ...variant.platforms.map((tag) => `--platform=${tag}`),
      ...["--require-hashes", "--requirement", requirements, "--dest", scratch],
    ],
    { env: { ...process.env, TMPDIR: scratch } },
  );
  if (result.missing) {
    throw new SetupError(
      `Python 3 is needed to fetch TensorFlow and "${python}" was not found.`,
      "Install Python 3 with pip (Debian and Ubuntu: apt-get install python3 python3-pip), or set PYTHON to it.",
      64,
    );
  }
  if (result.code !== 0) throw downloadError(result.output, python);
  const name = (await readdir(scratch)).find((entry) => entry.endsWith(".whl"));
  if (!name) throw downloadError("pip ended without a wheel", python);
  await makeFolder(join(cache, "wheels"));
  await rename(join(scratch, name), kept);
  return kept;
}

/**
 * @param {string} output pip's messages
 * @param {string} python
 */
function downloadError(output, python) {
  const lastLine = output.trim().split("\n").at(-1) ?? "";
  if (PIP_MISSING.test(output)) {
    return new SetupError(
      `"${python}" has no pip, which fetches TensorFlow.`,
      "Install it (Debian and Ubuntu: apt-get install python3-pip).",
      64,
    );
  }
  if (/DO NOT MATCH THE HASHES/i.test(output)) {
    return new SetupError(
      "The downloaded TensorFlow wheel does not have the pinned SHA-256; it was thrown away.",
      "A proxy or mirror may have altered it: try another package index, and tell us if it happens again.",
      75,
    );
  }
  if (/No space left on device/i.test(output)) return diskFullError();
  return new SetupError(
    `Downloading TensorFlow failed: ${lastLine}`,
    "Check the network and pip's index settings, then run the same command again; nothing is left half-installed.",
    75,
  );
}

export const diskFullError = () =>
  new SetupError(
    "The disk is full.",
    "Make room (about 1.5 GB), or set HILUM_CACHE to a folder on a larger disk; nothing is left half-installed.",
    75,
  );
