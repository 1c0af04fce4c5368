import { beforeEach, expect, test } from "vitest";
import { markedFolders } from "../../../functions/on-data/marked-folders.ts";
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
  for await (const name of markedFolders(incoming)) names.push(name);
  return names;
}

test("finds complete data sets at the top and one folder deeper, and no others", async () => {
  await put("films/_SUCCESS", "films/train.csv", "films/part/_SUCCESS");
  await put("site a/2026-01/_SUCCESS", "site a/2026-02/train.csv");
  await put("unmarked/train.csv", "one/two/three/_SUCCESS", "_SUCCESS");
  expect(await found()).toEqual(["films", "site a/2026-01"]);
});

test("asks the same of a data set with ten thousand films as of one with a single film", async () => {
  await put("films/_SUCCESS", "small/_SUCCESS", "small/patient1/study1/view1.jpg");
  for (let patient = 0; patient < 10_000; patient++) await put(`films/train/patient${patient}/study1/view1.jpg`);
  expect(await found()).toEqual(["films", "small"]);
  expect(incoming.asked).toBe(2);
});

test("does not look into each patient of a data set that is not complete", async () => {
  for (let patient = 0; patient < 1_001; patient++) await put(`films/patient${patient}/study1/view1.jpg`);
  expect(await found()).toEqual([]);
  expect(incoming.asked).toBe(1);
});
