import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EXIT, InputError, reportError } from "../../lib/domain/errors.ts";
import { makeFolder } from "../../lib/setup/make-folder.mjs";

/** Files by name into a folder, which is made. @throws InputError `out` where no file can be */
export async function writeFiles(folder: string, files: readonly (readonly [string, Uint8Array])[]): Promise<void> {
  try {
    await makeFolder(folder);
    for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  } catch (cause) {
    if (reportError(cause).exitCode === EXIT.temporary) throw cause;
    throw new InputError("out", `${folder}: cannot be written (${(cause as Error).message})`, { cause });
  }
}
