import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { materialise } from "../../../lib/store/materialise.ts";
import { openRooms, openStore, roomsOf, storeUri } from "../../../lib/store/open.ts";
import { prefixed } from "../../../lib/store/prefixed.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hilum-open-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("storeUri", () => {
  it.each([
    ["/a/b", "file:///a/b"],
    ["/a b/c#d", "file:///a%20b/c%23d"],
    ["some/folder/", `file://${resolve("some/folder")}`],
    ["file:///a/b/", "file:///a/b"],
    ["s3://bucket/prefix//", "s3://bucket/prefix"],
    ["memory://x", "memory://x"],
  ])("%s is %s", (given, uri) => expect(storeUri(given)).toBe(uri));

  it.each(["https://example.org/x", "ftp://x", "/", "s3://"])("refuses %s", (given) => {
    expect(() => openStore(storeUri(given))).toThrow(expect.objectContaining({ code: "store-uri", exitCode: 64 }));
  });
});

describe("rooms", () => {
  it("are three folders of one store", async () => {
    const rooms = openRooms(roomsOf(join(folder, "a store")));
    await rooms.runs.put("run/x.json", Buffer.from("{}"));
    expect(await readFile(join(folder, "a store/runs/run/x.json"), "utf8")).toBe("{}");
    expect(rooms.models.localPath?.("versions")).toBe(join(folder, "a store/models/versions"));
  });
});

describe("materialise", () => {
  it("hands out a disk store's own folder", async () => {
    const store = prefixed(openStore(storeUri(folder)), "models");
    await store.put("v/saved_model/x.pb", Buffer.from("graph"));
    expect(await materialise(store, "v/saved_model", join(folder, "copy"))).toBe(join(folder, "models/v/saved_model"));
  });

  it("copies other stores, once", async () => {
    const store = openStore("memory://materialise");
    await store.put("v/saved_model/x.pb", Buffer.from("graph"));
    await store.put("v/saved_model/variables/y", Buffer.from("weights"));
    await store.put("v/model.json", Buffer.from("{}"));
    const target = join(folder, "cache", "v");
    const made = await Promise.all([1, 2, 3].map(() => materialise(store, "v/saved_model", target)));
    expect(made).toEqual([target, target, target]);
    expect(await readFile(join(target, "variables/y"), "utf8")).toBe("weights");
    await store.delete("v/saved_model/x.pb");
    await materialise(store, "v/saved_model", target);
    expect(await readFile(join(target, "x.pb"), "utf8")).toBe("graph");
    await expect(materialise(store, "none", join(folder, "cache", "none"))).rejects.toThrow("none/: no such object");
  });
});

describe("a folder that people fill", () => {
  it("is listed through links, but not round in circles", async () => {
    const path = await mkdtemp(join(folder, "links-"));
    const store = openStore(storeUri(path));
    await store.put("a/film.png", Buffer.from("film"));
    await symlink(join(path, "a"), join(path, "b"));
    await symlink(path, join(path, "a", "circle"));
    await symlink(join(path, "nowhere"), join(path, "dangling"));
    await writeFile(join(path, "with\\backslash"), "x");
    const keys: string[] = [];
    for await (const { key } of store.list("")) keys.push(key);
    expect(keys).toEqual(["a/film.png", "b/film.png"]);
  });
});
