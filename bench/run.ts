/** `npm run bench -- NAME [options]`: one benchmark; its last line on stdout is JSON with --json, a table otherwise. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [name = ""] = process.argv.slice(2);
const file = new URL(`${name}.ts`, import.meta.url);
if (!/^[a-z-]+$/.test(name) || name === "run" || !existsSync(fileURLToPath(file))) {
  console.error("usage: npm run bench -- data [--films N] [--rounds N] [--keras] [--json]");
  process.exit(64);
}
process.argv.splice(2, 1);
await import(file.href);
