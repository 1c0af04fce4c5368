import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { compareKeys, isSegment, RESERVED } from "./key.ts";
import type { ObjectInfo } from "./store.ts";
import { removeIfAbandoned } from "./temporary-file.ts";

const ignoreMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "ELOOP") return undefined;
  throw error;
};

/** What an entry is, links followed; undefined where it has gone or the link points nowhere. */
async function kindOf(path: string, entry: Dirent): Promise<"folder" | "file" | undefined> {
  if (entry.isDirectory()) return "folder";
  if (entry.isFile()) return "file";
  const found = entry.isSymbolicLink() ? await stat(path).catch(ignoreMissing) : undefined;
  return found?.isDirectory() ? "folder" : found?.isFile() ? "file" : undefined;
}

/** Files under `root` whose path relative to it starts with `prefix`, in order of key. Removes abandoned temporary files. */
export async function* listFiles(root: string, prefix: string): AsyncGenerator<ObjectInfo> {
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  yield* walk(join(root, folder), folder, prefix.slice(folder.length), []);
}

/** Folders right under one of `root`, in order of key; an empty one counts as well. */
export async function* listFolders(root: string, folder: string): AsyncGenerator<string> {
  const path = join(root, folder);
  const entries = (await readdir(path, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  const names: string[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(RESERVED) || !isSegment(entry.name)) continue;
    if ((await kindOf(join(path, entry.name), entry)) === "folder") names.push(entry.name);
  }
  names.sort((a, b) => compareKeys(`${a}/`, `${b}/`));
  for (const name of names) yield folder === "" ? name : `${folder}/${name}`;
}

async function* walk(path: string, key: string, start: string, parents: readonly string[]): AsyncGenerator<ObjectInfo> {
  const real = await realpath(path).catch(ignoreMissing);
  if (real === undefined || parents.includes(real)) return;
  const entries = (await readdir(path, { withFileTypes: true }).catch(ignoreMissing)) ?? [];
  const named: { name: string; kind: "folder" | "file" }[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith(RESERVED)) {
      await removeIfAbandoned(join(path, entry.name));
    } else if (entry.name.startsWith(start) && isSegment(entry.name)) {
      const kind = await kindOf(join(path, entry.name), entry);
      if (kind !== undefined) named.push({ name: kind === "folder" ? `${entry.name}/` : entry.name, kind });
    }
  }
  named.sort((a, b) => compareKeys(a.name, b.name));
  for (const { name, kind } of named) {
    if (kind === "folder") {
      yield* walk(join(path, name), key + name, "", [...parents, real]);
    } else {
      const found = await stat(join(path, name)).catch(ignoreMissing);
      if (found !== undefined) yield { key: key + name, size: found.size };
    }
  }
}
