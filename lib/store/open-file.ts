import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** A pipe, a device or a socket stands where a file was expected. */
export class NoFileError extends Error {
  constructor() {
    super("a pipe or a device, expected a file");
    this.name = "NoFileError";
  }
}

/**
 * Opens a file, or a folder, to read. Opening a pipe to which nobody writes would wait for ever, and a device may have no end.
 * @throws NoFileError
 */
export async function openFile(path: string | Buffer): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const found = await file.stat();
  if (found.isFile() || found.isDirectory()) return file;
  await file.close();
  throw new NoFileError();
}

/** A file, whole. @throws NoFileError */
export async function readWholeFile(path: string): Promise<Buffer> {
  const file = await openFile(path);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}
