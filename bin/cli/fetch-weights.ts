import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TemporaryError } from "../../lib/domain/errors.ts";
import type { ImageNetFile } from "../../lib/model/keras/imagenet-files.ts";
import { makeFolder } from "../../lib/setup/make-folder.mjs";

/**
 * The file at its official address as a file of this machine, once its MD5 is right; fetched only where `folder` does
 * not hold it yet.
 * @throws TemporaryError `weights-download`
 */
export async function fetchWeights({ url, md5 }: ImageNetFile, folder: string): Promise<string> {
  const target = join(folder, basename(new URL(url).pathname));
  if ((await md5Of(target)) === md5) return target;
  await makeFolder(folder);
  const made = await mkdtemp(`${target}.`);
  try {
    const unfinished = join(made, "file");
    await download(url, unfinished);
    const found = await md5Of(unfinished);
    if (found !== md5) {
      throw new TemporaryError("weights-download", `${url}: MD5 ${found}, expected ${md5}, which Keras publishes`);
    }
    await rename(unfinished, target);
    return target;
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

async function download(url: string, target: string): Promise<void> {
  try {
    const answer = await fetch(url);
    if (!answer.ok || answer.body === null) throw new Error(`HTTP ${answer.status}`);
    await pipeline(Readable.fromWeb(answer.body), createWriteStream(target));
  } catch (cause) {
    const reason = ((cause as Error).cause as Error | undefined)?.message ?? (cause as Error).message;
    const mend = "try again, or fetch it elsewhere and give the file: bin/hilum import-weights FILE.h5";
    throw new TemporaryError("weights-download", `${url}: ${reason}; ${mend}`, { cause });
  }
}

/** Hexadecimal; undefined where there is no such file. */
async function md5Of(file: string): Promise<string | undefined> {
  const hash = createHash("md5");
  try {
    for await (const piece of createReadStream(file)) hash.update(piece);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return hash.digest("hex");
}
