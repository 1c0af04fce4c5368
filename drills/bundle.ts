import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { newFolder } from "./workshop.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** A program of the repository as one file, which starts several times as quickly; under the same names for errors. */
export async function bundled(program: string): Promise<string> {
  const outfile = join(await newFolder(), "program.mjs");
  await build({
    entryPoints: [join(ROOT, program)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    keepNames: true,
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    logLevel: "error",
  });
  return outfile;
}

/** The program of a container's image as the image carries it; TensorFlow and its addons are the repository's. */
export async function imageProgram(image: string): Promise<string> {
  const folder = await newFolder();
  await promisify(execFile)(process.execPath, ["containers/images/program.mjs", image, folder], { cwd: ROOT });
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await symlink(join(ROOT, "node_modules/@tensorflow"), join(folder, "node_modules/@tensorflow"));
  return join(folder, "main.js");
}
