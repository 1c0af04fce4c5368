import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { makeFolder } from "./make-folder.mjs";
import { SetupError } from "./setup-error.mjs";

/** Per-user cache of everything that is downloaded or built: HILUM_CACHE, else the XDG cache folder. */
export const cacheFolder = (env = process.env) =>
  env.HILUM_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "hilum");

/**
 * Makes a folder of the cache.
 * @param {string} folder
 * @throws SetupError where it can't be made or written
 */
export async function makeCache(folder) {
  try {
    await makeFolder(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new SetupError(
      `The cache ${folder} can't be written (${message}).`,
      "Set HILUM_CACHE to a folder with room that you may write.",
      code === "ENOSPC" ? 75 : 64,
    );
  }
}
