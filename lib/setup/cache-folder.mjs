import { homedir } from "node:os";
import { join } from "node:path";

/** Per-user cache of everything that is downloaded or built: HILUM_CACHE, else the XDG cache folder. */
export const cacheFolder = (env = process.env) =>
  env.HILUM_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "hilum");
