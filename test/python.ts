import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheFolder } from "../lib/setup/cache-folder.mjs";
import { madeOnce } from "./made-once.ts";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));

/**
 * Runs a Python program with the packages of a requirements file beside it, installed once into the per-user cache.
 * @param script program text; reads `input` as JSON from stdin and prints one JSON value
 * @param environment on top of this process's
 */
export async function python<T>(
  script: string,
  input: unknown,
  requirements = "requirements.txt",
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  const packages = await pythonPackages(resolve(here, requirements));
  const child = spawn("python3", ["-c", script], {
    env: { ...process.env, ...environment, PYTHONPATH: packages, OMP_NUM_THREADS: "2" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(JSON.stringify(input, nanAsText));
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code !== 0) throw new Error(`python3 ended with ${code}: ${errors}`);
  return JSON.parse(output) as T;
}

/** JSON has no NaN; Python's reader of the text `NaN` is float(). */
const nanAsText = (_: string, value: unknown): unknown => (Number.isNaN(value) ? "NaN" : value);

/** Folder with the packages of a requirements file, for PYTHONPATH: one of the per-user cache by what the file says. */
export async function pythonPackages(requirements: string): Promise<string> {
  const { stdout: version } = await run("python3", ["--version"]);
  const key = createHash("sha256")
    .update(await readFile(requirements))
    .update(version)
    .digest("hex")
    .slice(0, 16);
  const folder = join(cacheFolder(), "venv", key);
  await mkdir(dirname(folder), { recursive: true });
  return madeOnce(folder, () => install(requirements, folder));
}

async function install(requirements: string, folder: string): Promise<void> {
  const made = await mkdtemp(`${folder}-`);
  try {
    // Compiling every module takes several times as long as the rest; Python compiles those that are imported.
    const options = ["--quiet", "--no-compile", "--target", made];
    await run("python3", ["-m", "pip", "install", ...options, "--requirement", requirements]);
    await rename(made, folder);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}
