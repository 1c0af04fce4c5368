import { closeSync, constants, fstatSync, openSync, readlinkSync, readSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import { InputError } from "../domain/errors.ts";
import { MOST_FILE_BYTES } from "../domain/film-limits.ts";
import { isMissing } from "./disk-errors.ts";
import { NotFoundError } from "./errors.ts";
import type { Store } from "./store.ts";

/** Room for a file of a data set's usual size. */
const FIRST_ROOM = 1 << 16;

/**
 * Reads objects at once where objects are files of this machine, which blocks the thread and takes a quarter of the time
 * that waiting for four of Node's file operations does; elsewhere as get() does. For threads with nothing else to do.
 * Such bytes hold until the next object is read: they lie in the same memory, so that nothing is left for the garbage
 * collector. Of a folder that people fill no pipe or device is read, and nothing to which a link leads out of it, unless links are followed.
 * @throws NotFoundError; InputError `store-link`, `store-no-file`, `store-file-size`
 */
export function getNow(store: Store, { followLinks = false } = {}): (key: string) => Uint8Array | Promise<Uint8Array> {
  const { localPath } = store;
  if (localPath === undefined) return (key) => store.get(key);
  let read: ReturnType<typeof fileReader> | undefined;
  return (key) => {
    try {
      read ??= fileReader(followLinks ? sep : realpathSync(fileURLToPath(store.uri)) + sep);
      return read(localPath(key));
    } catch (error) {
      throw isMissing(error) ? new NotFoundError(store.uri, key, { cause: error }) : error;
    }
  };
}

/** @param folder the real one that files must lie in, with a separator at its end */
function fileReader(folder: string): (path: string) => Uint8Array {
  let room = Buffer.allocUnsafeSlow(FIRST_ROOM);
  return (path) => {
    const file = openSync(path, WITHOUT_WAITING);
    try {
      const size = checkedSize(file, folder);
      if (size > room.length) room = Buffer.allocUnsafeSlow(Math.max(size, 2 * room.length));
      for (let end = 0; end < size; ) {
        const bytes = readSync(file, room, end, size - end, null);
        if (bytes === 0) throw new Error("file became shorter while it was read");
        end += bytes;
      }
      return room.subarray(0, size);
    } finally {
      closeSync(file);
    }
  };
}

/** Opening a pipe to which nobody writes would wait for ever. */
const WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

function checkedSize(file: number, folder: string): number {
  // The kernel's own name of what was opened, all links followed.
  if (!readlinkSync(`/proc/self/fd/${file}`).startsWith(folder)) {
    throw new InputError("store-link", "a link leads out of the folder");
  }
  const found = fstatSync(file);
  if (!found.isFile() && !found.isDirectory()) throw new InputError("store-no-file", "no file, but a pipe or a device");
  if (found.size > MOST_FILE_BYTES)
    throw new InputError("store-file-size", `more than ${MOST_FILE_BYTES / 2 ** 20} MiB`);
  return found.size;
}
