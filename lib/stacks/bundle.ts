import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";

export const FUNCTIONS_FOLDER = fileURLToPath(new URL("../../functions", import.meta.url));

/** Packages made for CommonJS look for `require`, which a module does not have. */
const BANNER = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/** Files by their place there: where they are here. */
export type Files = Readonly<Record<string, string>>;

/** What a function carries beside its code, by its place there: where it is here, or its bytes. */
export type Beside = Readonly<Record<string, string | Uint8Array>>;

/** Handlers of the sources as they stood when they were first asked for; several stacks and stages deploy the same ones. */
const bundled = new Map<string, Uint8Array>();

function bundle(names: readonly string[]): void {
  const { outputFiles } = buildSync({
    entryPoints: names.map((name) => ({ in: join(FUNCTIONS_FOLDER, name, "handler.ts"), out: name })),
    outdir: FUNCTIONS_FOLDER,
    write: false,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    banner: { js: BANNER },
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "error",
  });
  for (const { path, contents } of outputFiles) bundled.set(basename(path, ".mjs"), contents);
}

/**
 * Handlers as one file each, everything they need inside; the name of every class is kept, since the state machine
 * matches errors by it.
 * @param use called with the code while the files exist
 */
export function withBundles<N extends string, T>(
  names: readonly N[],
  use: (code: (name: N, beside?: Beside) => Code) => T,
): T {
  const lacking = names.filter((name) => !bundled.has(name));
  if (lacking.length > 0) bundle(lacking);
  const folder = mkdtempSync(join(tmpdir(), "hilum-bundle-"));
  try {
    return use((name, beside = {}) => {
      mkdirSync(join(folder, name));
      for (const [place, file] of Object.entries({ "index.mjs": bundled.get(name)!, ...beside })) {
        const to = join(folder, name, place);
        if (typeof file === "string") cpSync(file, to);
        else writeFileSync(to, file);
      }
      return Code.fromAsset(join(folder, name));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files of a folder that a browser loads, by name. */
export const browserFiles = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => /\.(html|css|js|svg)$/.test(name))
      .sort()
      .map((name) => [name, join(folder, name)]),
  );

/** Changes when any of the files does. */
export function digest(files: Files): string {
  const hash = createHash("sha256");
  for (const [place, file] of Object.entries(files)) hash.update(`${place}\n`).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
