import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NotFoundError } from "../../../lib/store/errors.ts";
import { getNow } from "../../../lib/store/get-now.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { openStore } from "../../../lib/store/open.ts";

const ROOM = 1 << 16;
/** Longer and shorter than the memory that files are read into, and as long. */
const SIZES = [10, ROOM - 1, ROOM, ROOM + 1, 0, 5 * ROOM, 2 * ROOM, 3];

const bytesOf = (size: number) => Buffer.from(Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) % 251));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-get-now-"));
  for (const size of SIZES) await writeFile(join(folder, String(size)), bytesOf(size));
  await mkdir(join(folder, "folder"));
});
afterAll(() => rm(folder, { recursive: true }));

test("files are read whole, whatever was read before them", () => {
  const get = getNow(openStore(pathToFileURL(folder).href));
  for (const size of [...SIZES, ...SIZES.toReversed()]) {
    expect(Buffer.compare(get(String(size)) as Uint8Array, bytesOf(size)), String(size)).toBe(0);
  }
});

test("a missing file is told as get() tells it, and the next one is read", () => {
  const get = getNow(openStore(pathToFileURL(folder).href));
  for (const key of ["none", "10/below-a-file"]) expect(() => get(key)).toThrow(NotFoundError);
  expect(get("3")).toEqual(bytesOf(3));
});

test("links lead anywhere within the folder and nowhere else; a pipe is no file", async () => {
  const outside = await mkdtemp(join(tmpdir(), "hilum-outside-"));
  await writeFile(join(outside, "secret"), "x");
  await symlink(folder, join(outside, "by-another-name"));
  const links = join(folder, "links");
  await mkdir(links);
  for (const [name, target] of [
    ["within", join(folder, "3")],
    ["around", join(outside, "by-another-name", "3")],
    ["file", join(outside, "secret")],
    ["folder", outside],
    ["twice", join(links, "file")],
    ["device", "/dev/zero"],
    ["beside", `${folder}-beside`],
  ] as const) {
    await symlink(target, join(links, name));
  }
  await mkdir(`${folder}-beside`);
  await writeFile(join(`${folder}-beside`, "secret"), "x");
  await promisify(execFile)("mkfifo", [join(links, "pipe")]);
  const get = getNow(openStore(pathToFileURL(join(outside, "by-another-name")).href));
  for (const name of ["within", "around"]) expect(get(`links/${name}`)).toEqual(bytesOf(3));
  for (const name of ["file", "folder/secret", "twice", "device", "beside/secret"]) {
    expect(() => get(`links/${name}`), name).toThrow(expect.objectContaining({ code: "store-link" }));
  }
  expect(() => get("links/pipe")).toThrow(expect.objectContaining({ code: "store-no-file" }));
  const anywhere = getNow(openStore(pathToFileURL(folder).href), { followLinks: true });
  for (const name of ["file", "folder/secret", "twice", "beside/secret"]) {
    expect(anywhere(`links/${name}`), name).toEqual(Buffer.from("x"));
  }
  for (const name of ["pipe", "device"]) {
    expect(() => anywhere(`links/${name}`), name).toThrow(expect.objectContaining({ code: "store-no-file" }));
  }
  await symlink(join(links, "itself"), join(links, "itself"));
  expect(() => get("links/itself")).toThrow(NotFoundError);
  for (const path of [outside, `${folder}-beside`]) await rm(path, { recursive: true });
});

test("a folder is no object, and one that is gone has none", () => {
  expect(() => getNow(openStore("file:///no/such/folder"))("film")).toThrow(NotFoundError);
  expect(() => getNow(openStore(pathToFileURL(folder).href))("folder")).toThrow(NotFoundError);
});

test("a file that no thread could hold is refused before it is read", async () => {
  await writeFile(join(folder, "huge"), "");
  await truncate(join(folder, "huge"), 2 ** 33);
  const get = getNow(openStore(pathToFileURL(folder).href));
  expect(() => get("huge")).toThrow(expect.objectContaining({ code: "store-file-size" }));
  expect(get("3")).toEqual(bytesOf(3));
});

test("objects that are no files come as they come", async () => {
  const store = new MemoryStore("memory://get-now");
  await store.put("a", bytesOf(10));
  const get = getNow(store);
  expect(Buffer.from(await get("a"))).toEqual(bytesOf(10));
  await expect(get("b")).rejects.toThrow(NotFoundError);
});
