import { beforeEach, expect, test } from "vitest";
import { markedFolders } from "../../../functions/on-data/marked-folders.ts";
import { checkKey, checkPrefix } from "../../../lib/store/key.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";

/** Counts what is asked of it; a listing of objects is an error. */
class Counted extends MemoryStore {
  asked = 0;
  override list(): never {
    throw new Error("all of incoming was listed");
  }
  override async head(key: string) {
    this.asked += 1;
    return super.head(key);
  }
}

let incoming: Counted;
beforeEach(() => {
  incoming = new Counted("memory://incoming");
});

const put = (...keys: string[]) => Promise.all(keys.map((key) => incoming.put(key, new Uint8Array())));
async function found(): Promise<string[]> {
  const names: string[] = [];
  for await (const { folder, fault } of markedFolders(incoming))
    names.push(fault === undefined ? folder : `! ${folder}`);
  return names.sort();
}

test("finds complete data sets at the top and in folders of several, and no others", async () => {
  await put("films/_SUCCESS", "films/train.csv", "films/part/_SUCCESS");
  await put("site a/2026-01/_SUCCESS", "site a/2026-02/train.csv");
  await put("unmarked/train.csv", "one/two/three/_SUCCESS", "_SUCCESS");
  expect(await found()).toEqual(["films", "one/two/three", "site a/2026-01"]);
});

test("asks the same of a data set with ten thousand films as of one with a single film", async () => {
  await put("films/_SUCCESS", "small/_SUCCESS", "small/patient1/study1/view1.jpg");
  for (let patient = 0; patient < 10_000; patient++) await put(`films/train/patient${patient}/study1/view1.jpg`);
  expect(await found()).toEqual(["films", "small"]);
  expect(incoming.asked).toBe(2);
});

/** As S3 keeps keys, whatever they are. */
class AnyKeys extends MemoryStore {
  readonly #keys: readonly string[];
  constructor(...keys: string[]) {
    super("memory://any-keys");
    this.#keys = keys;
  }
  override async head(key: string) {
    checkKey(this.uri, key);
    return this.#keys.includes(key) ? { key, size: 0 } : undefined;
  }
  override async *folders(folder: string) {
    const start = folder === "" ? "" : `${folder}/`;
    checkPrefix(this.uri, start);
    const inside = this.#keys.filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
    const names = inside.filter((key) => key.includes("/")).map((key) => key.slice(0, key.indexOf("/")));
    yield* [...new Set(names)].map((name) => start + name);
  }
}

test("names that no key of ours can have are named, and keep none of the others from being found", async () => {
  const odd = ["a\nb", "a\u0000", "..", ".", "a\\b", "x".repeat(300), "in/", "\u001b[2J", "deep/.."];
  const sound = ["ok", "a b", "💀", "C:", "-rf", "__proto__", "%zz", "?x", "#y", "zz"];
  incoming = new AnyKeys(...[...odd, ...sound].map((name) => `${name}/_SUCCESS`)) as MemoryStore as Counted;
  expect(await found()).toEqual([...odd.map((name) => `! ${name}`), ...sound].sort());
});

test("goes deeper into the nearest folders first, and ends where there are too many", async () => {
  const patients = Array.from({ length: 900 }, (_, i) => `films/train/patient${i}`);
  await put(...patients.flatMap((patient) => Array.from({ length: 7 }, (_, i) => `${patient}/study${i}/a/b.jpg`)));
  await put("a/b/c/d/_SUCCESS");
  expect(await found()).toEqual(["a/b/c/d"]);
  expect(incoming.asked).toBeLessThan(15_000);
});

test("does not look into each patient of a data set that is not complete", async () => {
  for (let patient = 0; patient < 1_001; patient++) await put(`films/patient${patient}/study1/view1.jpg`);
  expect(await found()).toEqual([]);
  expect(incoming.asked).toBe(1);
});
