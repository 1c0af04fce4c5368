import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Code } from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";
import { FUNCTION_STEPS } from "../workflow/functions.ts";

const FUNCTIONS_FOLDER = fileURLToPath(new URL("../../functions", import.meta.url));

/** The functions that need no image. */
export const BUNDLED_FUNCTIONS = [...FUNCTION_STEPS, "on-data"] as const;
export type BundledFunction = (typeof BUNDLED_FUNCTIONS)[number];

/** Packages made for CommonJS look for `require`, which a module does not have. */
const BANNER = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;

/**
 * Handlers as one file each, everything they need inside; the name of every class is kept, since the state machine
 * matches errors by it.
 * @param use called with the code while the files exist
 */
export function withBundles<T>(use: (code: (name: BundledFunction) => Code) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "hilum-bundle-"));
  try {
    buildSync({
      entryPoints: BUNDLED_FUNCTIONS.map((name) => ({
        in: join(FUNCTIONS_FOLDER, name, "handler.ts"),
        out: `${name}/index`,
      })),
      outdir: folder,
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
    return use((name) => Code.fromAsset(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
