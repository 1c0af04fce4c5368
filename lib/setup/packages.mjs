import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "./run-command.mjs";
import { SetupError } from "./setup-error.mjs";
import { diskFullError } from "./wheel.mjs";

/**
 * Hash of the lock file: which packages belong into node_modules.
 * @param {string} root
 */
export const lockHash = async (root) =>
  createHash("sha256")
    .update(await readFile(join(root, "package-lock.json")))
    .digest("hex")
    .slice(0, 16);

/**
 * Installs the packages of the lock file; no package's own script runs.
 * @param {string} root
 * @param {(text: string) => void} say
 */
export async function installPackages(root, say) {
  const folder = join(root, "node_modules");
  const isLink = (await lstat(folder).catch(() => undefined))?.isSymbolicLink();
  if (isLink) {
    const why = `${folder} is a link, and npm would empty the folder that it points to.`;
    throw new SetupError(why, "Remove the link and run the same command again.", 64);
  }
  say(existsSync(folder) ? "Updating npm packages ..." : "Installing npm packages ...");
  const npm = process.env.npm_execpath;
  const [program, first] = npm?.endsWith(".js") ? [process.execPath, [npm]] : ["npm", []];
  const { code, output, missing } = await runCommand(
    program,
    [...first, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    { cwd: root },
  );
  if (missing) throw new SetupError("npm was not found.", "Install Node.js 20 or newer with npm.", 64);
  if (code === 0) return;
  if (/ENOSPC/.test(output)) throw diskFullError();
  const reason = output
    .split("\n")
    .filter((line) => /^npm (error|ERR!) \S/.test(line))
    .map((line) => line.replace(/^npm (error|ERR!) /, ""))
    .slice(0, 2)
    .join("; ");
  throw new SetupError(
    `Installing npm packages failed: ${reason || output.trim().slice(-200)}`,
    "Check the network and npm's registry settings, then run the same command again.",
    75,
  );
}
