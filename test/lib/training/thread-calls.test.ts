import type { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { InputError, TemporaryError } from "../../../lib/domain/errors.ts";
import { startThread } from "../../../lib/parallel/start-thread.ts";
import { roomsOf } from "../../../lib/store/open.ts";
import { openBackground } from "../../../lib/training/background.ts";
import { threadCalls } from "../../../lib/training/thread-calls.ts";
import type { TestCalls } from "./calls-thread.ts";

describe("calls into a thread", () => {
  let worker: Worker;
  let call: ReturnType<typeof threadCalls<TestCalls>>;

  beforeEach(() => {
    worker = startThread(new URL("calls-thread.ts", import.meta.url), {});
    call = threadCalls<TestCalls>(worker);
  });
  afterEach(() => worker.terminate());

  test("each answer finds its call, whatever their order", async () => {
    const [slow, quick] = [call("after", 60, "slow"), call("after", 0, "quick")];
    expect(await Promise.race([slow, quick])).toBe("quick");
    expect(await slow).toBe("slow");
    expect(await call("bytes", 3)).toEqual(Uint8Array.of(7, 7, 7));
  });

  test("an error keeps its kind, code and message", async () => {
    const [input, temporary, bug] = await Promise.all(
      (["input", "temporary", "bug"] as const).map((kind) => call("fail", kind).catch((error: unknown) => error)),
    );
    expect(input).toBeInstanceOf(InputError);
    expect(input).toMatchObject({ code: "wrong-row", message: "row 12: 13 labels, expected 14" });
    expect(temporary).toBeInstanceOf(TemporaryError);
    expect(temporary).toMatchObject({ code: "no-room" });
    expect(bug).toMatchObject({ message: "index 7 is out of range", stack: expect.stringContaining("calls-thread") });
    expect(bug).not.toBeInstanceOf(InputError);
  });

  test("a thread that dies leaves no call waiting", async () => {
    const waiting = call("after", 60_000, "never");
    await expect(call("die")).rejects.toThrow("the thread ended with 3 before it answered");
    await expect(waiting).rejects.toThrow("the thread ended with 3");
    await expect(call("bytes", 1)).rejects.toThrow("the thread ended with 3");
  });
});

test("a run without films is told from the thread that looks for them", async () => {
  const options = { environment: roomsOf("/tmp/hilum-no-such-store"), run: "nothing", member: 0 };
  await expect(openBackground(options)).rejects.toMatchObject({
    code: "not-found",
    exitCode: 64,
    message: expect.stringContaining("nothing/plan.json"),
  });
});
