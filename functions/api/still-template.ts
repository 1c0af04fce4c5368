import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { PAGE_FOLDER, RUNS_PAGE } from "./page-files.ts";

/** Lines of the served page that a file of its own has otherwise: styles, script and links lie within it. */
const SERVED = {
  head: /\s*<link rel="(icon|stylesheet)"[^>]*>|\s*<script[^>]*><\/script>/g,
  nav: /\s*<nav.*?<\/nav>/,
} as const;

/** A run's page as one file, made of the served page's own files; lib/runs/still-page.ts puts a run into it. */
export function stillTemplate(): string {
  const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
  const styles = read(PAGE_FOLDER, "base.css") + read(RUNS_PAGE, "runs.css");
  const { outputFiles } = buildSync({
    entryPoints: [join(RUNS_PAGE, "runs.js")],
    ...{ bundle: true, minify: true, format: "esm", target: "es2022", write: false, logLevel: "silent" },
  });
  const script = outputFiles[0]!.text.replaceAll("</script", "<\\/script");
  const hash = createHash("sha256").update(script).digest("base64");
  const policy = `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  const parts = [
    `<meta http-equiv="content-security-policy" content="${policy}" />`,
    `<style>${styles}</style>`,
    `<script type="module">${script}</script>`,
  ];
  const served = read(RUNS_PAGE, "index.html").replace(SERVED.head, "").replace(SERVED.nav, "");
  return served.replace("</head>", () => `${parts.join("\n")}\n</head>`);
}
