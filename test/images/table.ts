/**
 * `node --import tsx test/images/table.ts`: builds every image and prints a Markdown table of its size and what it is
 * made of, in megabytes of files.
 */
import { image, TARGETS, type Target } from "./build.ts";
import { noPodman, podman } from "./podman.ts";

/** Folders whose files are counted by themselves; the program is the rest of /app. */
const PARTS = {
  TensorFlow: "/app/node_modules/@tensorflow",
  "packages with native code": "/app/node_modules",
  program: "/app",
} as const;

const MEASURE = `
const { readdirSync, lstatSync } = require("node:fs");
const size = (path) => {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  return found.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + size(path + "/" + name), 0) : found.size;
};
console.log(JSON.stringify(process.argv.slice(1).map(size)));
`;

async function row(target: Target): Promise<string> {
  const name = await image(target);
  const args = ["run", "--rm", "--network=host", "--ulimit=host", "--entrypoint", "node", name];
  const bytes: number[] = JSON.parse(await podman(...args, "-e", MEASURE, "--", ...Object.values(PARTS)));
  const [tensorflow, packages, all] = bytes as [number, number, number];
  const whole = Number(await podman("image", "inspect", "--format", "{{.Size}}", name));
  const parts = [whole, whole - all, tensorflow, packages - tensorflow, all - packages];
  return `| ${target} | ${parts.map((part) => (part / 1e6).toFixed(part < 1e7 ? 1 : 0)).join(" | ")} |`;
}

if (noPodman) {
  console.log(`no images here: ${noPodman}`);
} else {
  console.log(`| image | whole | base | ${Object.keys(PARTS).join(" | ")} |\n|---|${"---:|".repeat(5)}`);
  for (const target of TARGETS) console.log(await row(target));
}
