import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { newFolder } from "./workshop.ts";

/** A program of the repository as one file, which starts several times as quickly; under the same names for errors. */
export async function bundled(program: string): Promise<string> {
  const outfile = join(await newFolder(), "program.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL(`../${program}`, import.meta.url))],
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
