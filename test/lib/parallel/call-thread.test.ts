import { afterEach, beforeEach, expect, test } from "vitest";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { type CallThread, startCallThread } from "../../../lib/parallel/call-thread.ts";
import type { OddCalls } from "./odd-thread.ts";

let thread: CallThread<OddCalls>;

beforeEach(() => {
  thread = startCallThread(new URL("odd-thread.ts", import.meta.url));
});
afterEach(() => thread.stop());

test("each answer finds its call, whatever their order", async () => {
  const [slow, quick] = [
    thread.call("after", { ms: 60, value: "slow" }),
    thread.call("after", { ms: 0, value: "quick" }),
  ];
  expect(await Promise.race([slow, quick])).toBe("quick");
  expect(await slow).toBe("slow");
  expect(await thread.call("bytes", 3)).toEqual(Uint8Array.of(7, 7, 7));
});

test("an error keeps its kind, code and message", async () => {
  const [input, temporary, bug] = await Promise.all(
    (["input", "temporary", "bug"] as const).map((kind) => thread.call("fail", kind).catch((error: unknown) => error)),
  );
  expect(input).toBeInstanceOf(InputError);
  expect(input).toMatchObject({ code: "wrong-row", message: "row 12: 13 labels, expected 14" });
  expect(temporary).toBeInstanceOf(TemporaryError);
  expect(temporary).toMatchObject({ code: "no-room" });
  expect(bug).toMatchObject({ message: "index 7 is out of range", stack: expect.stringContaining("odd-thread") });
  expect(bug).not.toBeInstanceOf(InputError);
});

test.each([
  ["ends itself", "die", "the thread ended with 3 before it answered"],
  ["breaks", "break", "a fault that no call waits for"],
] as const)("a thread that %s leaves no call waiting", async (_, how, why) => {
  const waiting = thread.call("after", { ms: 60_000, value: "never" });
  const asked = await Promise.allSettled([thread.call(how, null), waiting]);
  for (const one of asked) expect(one).toMatchObject({ status: "rejected", reason: { message: why } });
  await expect(thread.call("bytes", 1)).rejects.toThrow(why);
  expect((await thread.ended).message).toBe(why);
});

test("one that is stopped fails what it was asked", async () => {
  const waiting = expect(thread.call("after", { ms: 60_000, value: "never" })).rejects.toThrow("the thread ended");
  await thread.stop();
  await waiting;
  await expect(thread.call("bytes", 1)).rejects.toThrow("the thread ended");
});
