import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../lib/setup/cache-folder.mjs";

const VERSION = "1.30.0";

/**
 * Folder of a package that has onnxruntime-node, a peer in `bench`, installed once into the cache: it is 290 MB, and
 * nothing else here needs it. Its install script, which fetches CUDA's libraries, is not run.
 */
export async function onnxRuntimeFolder(): Promise<string> {
  const folder = join(cacheFolder(), "peers", `onnxruntime-node-${VERSION}`);
  const isThere = () =>
    access(folder).then(
      () => true,
      () => false,
    );
  if (await isThere()) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const made = await mkdtemp(`${folder}-`);
  try {
    await writeFile(join(made, "package.json"), JSON.stringify({ name: "peers", private: true }));
    const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--save-exact"];
    await promisify(execFile)("npm", ["install", ...options, `onnxruntime-node@${VERSION}`], { cwd: made });
    await rename(made, folder).catch(async (error: unknown) => {
      if (!(await isThere())) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}
