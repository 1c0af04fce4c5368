import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { type CallProcess, startProcess } from "../../../lib/parallel/call-process.ts";
import type { OddCalls } from "./odd-program.ts";

const module = new URL("odd-program.ts", import.meta.url);
const LONG = { wall: 60_000 };

describe("a process that answers calls", () => {
  const started: CallProcess<OddCalls>[] = [];
  const start = () => {
    const process = startProcess<OddCalls>({ module });
    started.push(process);
    return process;
  };
  afterEach(async () => {
    await Promise.all(started.splice(0).map((process) => process.stop(0)));
  });

  test("answers several at once, each its own, and hands on what a call throws", async () => {
    const process = start();
    const asked = Array.from({ length: 5 }, (_, i) => process.call("echo", Uint8Array.of(i), LONG));
    await expect(process.call("refuse", null, LONG)).rejects.toMatchObject({ code: "film-size", exitCode: 64 });
    expect((await Promise.all(asked)).map(([i]) => i)).toEqual([0, 1, 2, 3, 4]);
  });

  test("is ended where a call takes too much of the processor, which its film is blamed for", async () => {
    const process = start();
    await process.call("echo", Uint8Array.of(), LONG);
    const spinning = process.call("spin", null, { ...LONG, processor: 0.3 });
    await expect(spinning).rejects.toMatchObject({ code: "film-too-slow", exitCode: 64 });
    expect(await process.ended).toBe("SIGKILL");
  });

  test("is ended where a call takes too long, which nobody is blamed for; waiting takes no processor time", async () => {
    const process = start();
    await process.call("echo", Uint8Array.of(), LONG);
    const waiting = process.call("wait", null, { wall: 1000, processor: 0.3 });
    await expect(waiting).rejects.toMatchObject({ code: "predictor-timeout", exitCode: 75 });
    expect(await process.ended).toBe("SIGKILL");
  });

  test("is not ended while it answers others, however long one waits for its turn", async () => {
    const process = start();
    await process.call("echo", Uint8Array.of(), LONG);
    const waiting = process.call("wait", null, { wall: 1500 }).catch((error: { code: string }) => error.code);
    for (let turn = 0; turn < 6; turn += 1) {
      await sleep(350);
      await process.call("echo", Uint8Array.of(turn), LONG);
    }
    expect(await Promise.race([waiting, process.ended, process.call("echo", Uint8Array.of(1), LONG)])).toEqual(
      Uint8Array.of(1),
    );
    expect(await waiting).toBe("predictor-timeout");
  });

  test("tells that it has ended only once it has, to whoever asks when its channel is closed", async () => {
    const process = start();
    await process.call("echo", Uint8Array.of(), LONG);
    let ended = false;
    void process.ended.then(() => {
      ended = true;
    });
    const stopped = process.stop();
    await expect(process.call("echo", Uint8Array.of(), LONG)).rejects.toMatchObject({ code: "predictor-stopped" });
    expect(ended).toBe(true);
    await stopped;
  });

  test("fails what it was asked when it ends, and whatever comes later, saying how it ended", async () => {
    const process = start();
    const waiting = process.call("wait", null, LONG);
    await expect(process.call("exit", 3, LONG)).rejects.toMatchObject({ code: "predictor-stopped", end: 3 });
    await expect(waiting).rejects.toMatchObject({ end: 3 });
    expect(await process.ended).toBe(3);
    await expect(process.call("echo", Uint8Array.of(), LONG)).rejects.toMatchObject({ code: "predictor-stopped" });
  });
});
