import { EXIT, InputError, reportError } from "../../../lib/domain/errors.ts";
import { MOST_FILE_BYTES } from "../../../lib/domain/film-limits.ts";
import { openFile } from "../../../lib/store/open-file.ts";
import { whyUnread } from "../unread-file.ts";

/** A film's file, whole. @param bytes of its path, where that is no text @throws InputError `film-file` */
export async function readFilmFile(path: string, bytes?: Buffer): Promise<Uint8Array> {
  try {
    const file = await openFile(bytes ?? path);
    try {
      const found = await file.stat();
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
