import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import type { RunView } from "../../lib/runs/read-run.ts";
import { PAGE_FOLDER } from "./app.ts";
import { RUNS_PAGE } from "./routes/runs.ts";

/** Lines of the served page that a file of its own has otherwise: styles, script and links lie within it. */
const SERVED = {
  head: /\s*<link rel="(icon|stylesheet)"[^>]*>|\s*<script[^>]*><\/script>/g,
  nav: /\s*<nav.*?<\/nav>/,
} as const;

/** Text that ends no element of its own. */
const inScript = (text: string): string => text.replaceAll("<", "\\u003c");

/**
 * A run's page as one file, as the run stands now: the page's own files with the run in them. Opens from anywhere; its
 * links expect the report and the model card beside it.
 */
export async function stillPage(view: RunView): Promise<string> {
  const read = (folder: string, name: string) => readFile(join(folder, name), "utf8");
  const styles = (await read(PAGE_FOLDER, "base.css")) + (await read(RUNS_PAGE, "runs.css"));
  const { outputFiles } = await build({
    entryPoints: [join(RUNS_PAGE, "runs.js")],
    ...{ bundle: true, minify: true, format: "esm", target: "es2022", write: false, logLevel: "silent" },
  });
  const script = outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  const parts = [
    `<meta http-equiv="content-security-policy" content="${policy}" />`,
    `<style>${styles}</style>`,
    `<script type="application/json" id="still-run">${inScript(JSON.stringify(view))}</script>`,
    `<script type="module">${script}</script>`,
  ];
  const served = (await read(RUNS_PAGE, "index.html")).replace(SERVED.head, "").replace(SERVED.nav, "");
  return served.replace("</head>", () => `${parts.join("\n")}\n</head>`);
}
