import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";

/** Beginning of names of files that no store lists: temporary ones and locks. */
const UNLISTED = ".hilum-";

/** Objects of a disk store, as paths from its folder; as `find` sees them. */
export async function objectsOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith(UNLISTED))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Parts of a safetensors file; https://huggingface.co/docs/safetensors. @throws where it is not whole */
export function readTensors(bytes: Buffer): { header: Record<string, unknown>; data: Buffer } {
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, start)) as Record<string, { data_offsets?: [number, number] }>;
  const ends = Object.values(header).map((tensor) => tensor.data_offsets?.[1] ?? 0);
  const length = bytes.length - start;
  if (length !== Math.max(0, ...ends)) throw new Error(`${length} bytes of tensors`);
  return { header, data: bytes.subarray(start) };
}

/** Records of a TensorBoard file: length, its checksum, content, its checksum. */
function readRecords(bytes: Buffer): void {
  let at = 0;
  while (at < bytes.length) at += 16 + Number(bytes.readBigUInt64LE(at));
  if (at !== bytes.length) throw new Error("ends within a record");
}

const expects =
  (start: string, end: string) =>
  (bytes: Buffer): void => {
    const ends = bytes.toString("latin1", bytes.length - end.length);
    if (!bytes.toString("latin1", 0, start.length).startsWith(start) || ends !== end) throw new Error("cut");
  };

/** By the end of a name: throws where the bytes are not a whole file of the kind. */
const READERS: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  ".json": (bytes) => JSON.parse(bytes.toString("utf8")),
  ".arrow": expects("ARROW1", "ARROW1"),
  ".safetensors": readTensors,
  ".html": expects("<!", "</html>\n"),
  ".csv": expects("", "\n"),
  ".v2": readRecords,
  ".pb": () => {},
};

/** The objects of a disk store that are not whole, with what is wrong. */
export async function tornObjects(folder: string): Promise<string[]> {
  const torn: string[] = [];
  for (const path of await objectsOf(folder)) {
    try {
      const read = READERS[extname(path)];
      if (read === undefined) throw new Error("a file of no known kind");
      read(await readFile(join(folder, path)));
    } catch (error) {
      torn.push(`${path}: ${(error as Error).message}`);
    }
  }
  return torn;
}

/** Kinds of objects whose bytes follow from the run alone, and hold no time. */
const TIMELESS = /(\.arrow|members\/\d+\/weights\.safetensors|predictions\.csv|\.pb)$/;

/** How many there are depends on when a run was disturbed. */
const OCCASIONAL = /^runs\/[^/]+\/(progress|members\/\d+\/tensorboard)\//;

/** Paths of a disk store's objects by their names; a version's name stands for its report too, which has times in it. */
async function namesOf(folder: string): Promise<Map<string, string>> {
  const paths = (await objectsOf(folder)).filter((path) => !OCCASIONAL.test(path));
  return new Map(paths.map((path) => [path.replace(/versions\/[0-9a-f]{16}\//, "versions/*/"), join(folder, path)]));
}

/** Timeless objects of the first disk store that the second has otherwise, and objects that it lacks. */
export async function differences(expected: string, found: string, lacking = true): Promise<string[]> {
  const there = await namesOf(found);
  const different: string[] = [];
  for (const [name, path] of await namesOf(expected)) {
    const other = there.get(name);
    if (other === undefined) {
      if (lacking) different.push(`${name}: missing`);
    } else if (TIMELESS.test(name) && !(await readFile(path)).equals(await readFile(other)))
      different.push(`${name}: other bytes`);
  }
  return different;
}
