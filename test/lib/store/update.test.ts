import { describe, expect, it } from "vitest";
import * as z from "zod";
import { PreconditionError } from "../../../lib/store/errors.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import { updateDocument, updateObject } from "../../../lib/store/update.ts";

const Counter = z.strictObject({ count: z.int(), by: z.array(z.int()) });
const store = () => new MemoryStore("memory://update");

describe("update", () => {
  it("loses no change of writers at the same time, each of which sees what stood there", async () => {
    const shared = store();
    const writers = Array.from({ length: 20 }, (_, writer) =>
      updateDocument(shared, "counter.json", Counter, (current) => ({
        count: (current?.count ?? 0) + 1,
        by: [...(current?.by ?? []), writer],
      })),
    );
    const seen = (await Promise.all(writers)).map(({ value }) => value.count);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    const { value, etag } = await updateDocument(
      shared,
      "counter.json",
      Counter,
      (current) => current ?? { count: 0, by: [] },
    );
    expect([value.count, new Set(value.by).size]).toEqual([20, 20]);
    expect(etag).toBe((await shared.read("counter.json")).etag);
  });

  it("writes nothing where nothing is to be changed, or the change throws", async () => {
    const shared = store();
    expect(await updateObject(shared, "a", () => undefined)).toBeUndefined();
    const thrown = updateDocument(shared, "a", Counter, () => {
      throw new RangeError("no");
    });
    await expect(thrown).rejects.toBeInstanceOf(RangeError);
    expect(await shared.head("a")).toBeUndefined();
    await updateDocument(shared, "a", Counter, () => ({ count: 1, by: [] }));
    const before = await shared.read("a");
    await updateDocument(shared, "a", Counter, (current) => current);
    expect((await shared.read("a")).etag).toBe(before.etag);
  });

  it("gives way after so many attempts, and refuses what is no such document, old or new", async () => {
    const shared = store();
    await shared.put("a", Buffer.from("{}"));
    let attempts = 0;
    const crowded = updateObject(
      shared,
      "a",
      async () => {
        attempts += 1;
        await shared.put("a", Buffer.from(`{"rival": ${attempts}}`));
        return Buffer.from("ours");
      },
      { attempts: 3 },
    );
    await expect(crowded).rejects.toBeInstanceOf(PreconditionError);
    expect(attempts).toBe(3);
    const document = updateDocument(shared, "a", Counter, () => ({ count: 1, by: [] }));
    await expect(document).rejects.toMatchObject({ code: "document" });
    await expect(updateDocument(shared, "b", Counter, () => ({ count: 0.5, by: [] }))).rejects.toThrow();
    expect(await shared.head("b")).toBeUndefined();
  });
});
