import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` says of a full disk that a folder is
 * missing, and never ends below /proc.
 * @param {string} path
 * @returns {Promise<void>}
 * @throws the disk's own error, such as ENOSPC; EEXIST or ENOTDIR where a file is in the way
 */
export async function makeFolder(path) {
  try {
    await makeOne(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT" || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeOne(path);
  }
}

/** @param {string} path */
async function makeOne(path) {
  try {
    await mkdir(path);
  } catch (error) {
    const isThere = codeOf(error) === "EEXIST" && (await stat(path).catch(() => undefined))?.isDirectory();
    if (!isThere) throw error;
  }
}

/** @param {unknown} error */
const codeOf = (error) => /** @type {NodeJS.ErrnoException} */ (error).code;
