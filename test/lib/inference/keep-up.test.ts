import { expect, onTestFinished, test } from "vitest";
import { InputError } from "../../../lib/domain/errors.ts";
import { keepUp } from "../../../lib/inference/keep-up.ts";

/** Things that run until they are told to end; starting fails while `broken`. */
function things() {
  const state = { starts: 0, stops: 0, broken: false, end: () => {} };
  const start = async () => {
    state.starts += 1;
    if (state.broken) throw new InputError("version-damaged", "a file was changed");
    let resolve = () => {};
    const ended = new Promise<void>((end) => {
      resolve = end;
    });
    state.end = resolve;
    const stop = async () => {
      state.stops += 1;
      resolve();
    };
    return { number: state.starts, ended, stop };
  };
  return { state, start };
}

test("what ends is started again, and nobody has to ask for it", async () => {
  const { state, start } = things();
  const kept = await keepUp(start);
  onTestFinished(() => kept.close());
  expect((await kept.current()).number).toBe(1);
  state.end();
  await expect.poll(() => kept.ready && state.starts).toBe(2);
  expect((await kept.current()).number).toBe(2);
});

test("where it can't be started whoever asks is told to come again, and it is tried by itself", async () => {
  const { state, start } = things();
  const kept = await keepUp(start);
  onTestFinished(() => kept.close());
  state.broken = true;
  state.end();
  await expect.poll(() => state.starts).toBeGreaterThan(2);
  expect(kept.ready).toBe(false);
  await expect(kept.current()).rejects.toMatchObject({
    code: "not-ready",
    exitCode: 75,
    message: expect.stringContaining("a file was changed"),
  });
  state.broken = false;
  await expect.poll(() => kept.ready).toBe(true);
  expect((await kept.current()).number).toBe(state.starts);
});

test("the first start's fault is its caller's; once closed nothing is started, and what is up is stopped", async () => {
  const { state, start } = things();
  state.broken = true;
  await expect(keepUp(start)).rejects.toMatchObject({ code: "version-damaged" });
  expect(state.starts).toBe(1);
  state.broken = false;
  const kept = await keepUp(start);
  await kept.close();
  expect([state.starts, state.stops, kept.ready]).toEqual([2, 1, false]);
});
