import { rename, writeFile } from "node:fs/promises";

/**
 * Writes a file whole: whoever reads it meanwhile finds the one before or this one.
 * @param {string} path
 * @param {string | Uint8Array} contents
 */
export async function replaceFile(path, contents) {
  const partial = `${path}.${process.pid}.new`;
  await writeFile(partial, contents);
  await rename(partial, path);
}
