import { createWriteStream } from "node:fs";
import { mkdtemp, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { makeFolder } from "../setup/make-folder.mjs";
import { NotFoundError } from "./errors.ts";
import type { Store } from "./store.ts";

/**
 * The objects under a folder of the store as files of this machine, for libraries that read folders only. A disk
 * store's own folder is handed out as it is; others are copied to `target`, whole or not at all; a `target` that
 * exists is taken to hold them already, so name it after the content.
 * @param folder key of the folder, without a slash at its end
 * @returns the folder that holds them
 * @throws NotFoundError where the store's folder is empty
 */
export async function materialise(store: Store, folder: string, target: string): Promise<string> {
  if (store.localPath !== undefined) return store.localPath(folder);
  if (await exists(target)) return target;
  await makeFolder(dirname(target));
  const unfinished = await mkdtemp(`${target}.`);
  try {
    let copied = 0;
    for await (const { key } of store.list(`${folder}/`)) {
      const path = join(unfinished, key.slice(folder.length + 1));
      await makeFolder(dirname(path));
      await pipeline(store.stream(key), createWriteStream(path));
      copied += 1;
    }
    if (copied === 0) throw new NotFoundError(store.uri, `${folder}/`);
    await rename(unfinished, target).catch(async (error) => {
      if (!(await exists(target))) throw error;
    });
    return target;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
