/**
 * Loads the engine under each supported Node version: `npm run test:node-versions`.
 * The other versions come from npm as packages that hold a binary, kept in the cache; nothing is installed system-wide.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "../lib/setup/cache-folder.mjs";

const VERSIONS = ["20.20.2", "22.23.3", "24.21.0"];
const root = join(import.meta.dirname, "..");

/** @param {string} version */
async function nodeBinary(version) {
  const folder = join(cacheFolder(), "node", version);
  const binary = join(folder, "node_modules", `node-${process.platform}-${process.arch}`, "bin", "node");
  if (existsSync(binary)) return binary;
  await mkdir(folder, { recursive: true });
  const name = `node-${process.platform}-${process.arch}@${version}`;
  execFileSync("npm", ["install", "--silent", "--no-save", "--ignore-scripts", "--prefix", folder, name]);
  return binary;
}

const PROBE = `
  const { tensorflow, device } = await import("${join(root, "lib/engine/tensorflow.ts")}");
  const tf = tensorflow();
  const sum = tf.tidy(() => tf.conv2d(tf.ones([1, 8, 8, 1]), tf.ones([3, 3, 1, 4]), 1, "same").sum().dataSync()[0]);
  console.log(device().tensorflow, sum);
`;

/** TensorFlow's version and the sum of an 8 x 8 field convolved with four 3 x 3 boxes: 4 (36 x 9 + 24 x 6 + 4 x 4). */
const EXPECTED = /^2\.\d+\.\d+ 1936\n$/;

let failed = false;
for (const version of VERSIONS) {
  try {
    const node = await nodeBinary(version);
    const loader = join(root, "node_modules/tsx/dist/loader.mjs");
    const output = execFileSync(node, ["--import", loader, "--input-type=module", "-e", PROBE], { encoding: "utf8" });
    const passed = EXPECTED.test(output);
    console.log(`node ${version}: ${passed ? "ok" : `unexpected answer ${output}`}`);
    failed ||= !passed;
  } catch (error) {
    console.log(`node ${version}: ${/** @type {Error} */ (error).message}`);
    failed = true;
  }
}
process.exitCode = failed ? 1 : 0;
