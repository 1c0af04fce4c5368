import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { EXIT, InputError, reportError } from "../../../lib/domain/errors.ts";
import { MOST_FILE_BYTES } from "../../../lib/domain/film-limits.ts";
import { whyUnread } from "../unread-file.ts";

/** Opening a pipe to which nobody writes would wait for ever. */
export const openWithoutWaiting = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NONBLOCK);

/** A film's file, whole. @throws InputError `film-file` */
export async function readFilmFile(path: string): Promise<Uint8Array> {
  try {
    const file = await openWithoutWaiting(path);
    try {
      const found = await file.stat();
      if (!found.isFile() && !found.isDirectory()) throw new Error("a pipe or a device, expected a film's file");
      if (found.size > MOST_FILE_BYTES) throw new Error(`more than ${MOST_FILE_BYTES / 2 ** 20} MiB`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (reportError(cause).exitCode === EXIT.temporary) throw cause;
    throw new InputError("film-file", `${path}: ${whyUnread(cause)}`, { cause });
  }
}
