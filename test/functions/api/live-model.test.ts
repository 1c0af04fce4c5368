import { describe, expect, test } from "vitest";
import { followProduction } from "../../../functions/api/live-model.ts";
import { TemporaryError } from "../../../lib/domain/errors.ts";

/** Channels, versions that load or don't, and a clock. */
function world(production: string | null, previous: string | null = null) {
  const state = { production, previous, broken: new Set<string>(), away: false, time: 0 };
  const closed: string[] = [];
  const fallbacks: string[] = [];
  const opened: string[] = [];
  const follow = () =>
    followProduction({
      channels: async () => ({ production: state.production, previous: state.previous }),
      open: async (version) => {
        opened.push(version);
        if (state.away) throw new TemporaryError("store-unavailable", "the store is away");
        if (state.broken.has(version)) throw new Error(`${version} is damaged`);
        return { version, close: async () => void closed.push(version) };
      },
      checkMs: 60_000,
      onFallback: (version) => fallbacks.push(version),
      now: () => state.time,
    });
  return { state, closed, fallbacks, opened, follow };
}

describe("the model in production", () => {
  test("is followed when another is promoted, at the next look and not before", async () => {
    const { state, closed, opened, follow } = world("a");
    const live = await follow();
    state.production = "b";
    expect((await live.current()).version).toBe("a");
    state.time = 60_000;
    const both = await Promise.all([live.current(), live.current()]);
    expect(both.map(({ version }) => version)).toEqual(["b", "b"]);
    expect([opened, closed]).toEqual([["a", "b"], ["a"]]);
  });

  test("goes on answering where the next one does not load, which is told once and tried once", async () => {
    const { state, closed, opened, fallbacks, follow } = world("a");
    const live = await follow();
    state.broken.add("b");
    state.production = "b";
    for (state.time = 60_000; state.time < 300_000; state.time += 60_000) {
      expect((await live.current()).version).toBe("a");
    }
    expect([opened, closed, fallbacks]).toEqual([["a", "b"], [], ["b"]]);
    state.production = "c";
    state.time += 60_000;
    expect((await live.current()).version).toBe("c");
  });

  test("gives way to the one before it in an environment that starts", async () => {
    const { state, fallbacks, follow } = world("b", "a");
    state.broken.add("b");
    expect((await (await follow()).current()).version).toBe("a");
    expect(fallbacks).toEqual(["b"]);
  });

  test("is tried again where the store was away, and nothing else is taken for it", async () => {
    const { state, fallbacks, follow } = world("b", "a");
    state.away = true;
    await expect(follow()).rejects.toThrow("the store is away");
    state.away = false;
    const live = await follow();
    state.production = "c";
    state.away = true;
    state.time = 60_000;
    expect((await live.current()).version).toBe("b");
    state.away = false;
    state.time = 120_000;
    expect((await live.current()).version).toBe("c");
    expect(fallbacks).toEqual([]);
  });

  test("must be there, or the one before it", async () => {
    await expect(world(null).follow()).rejects.toThrow("no model is in production");
    const { state, follow } = world("a");
    state.broken.add("a");
    await expect(follow()).rejects.toThrow("a is damaged");
  });
});
