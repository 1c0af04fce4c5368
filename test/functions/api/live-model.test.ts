import { describe, expect, test } from "vitest";
import { followProduction } from "../../../functions/api/live-model.ts";
import { TemporaryError } from "../../../lib/domain/errors.ts";

const CHECK_MS = 60_000;

/** Channels, versions that load or don't, and a clock. */
function world(production: string | null, previous: string | null = null) {
  const state = { production, previous, broken: new Set<string>(), away: false, unreachable: false, time: 0 };
  const closed: string[] = [];
  const fallbacks: string[] = [];
  const opened: string[] = [];
  /** Where it is there, loading waits for it. */
  let gate: Promise<void> | undefined;
  const awayNow = () => new TemporaryError("store-unavailable", "the store is away");
  const live = followProduction({
    channels: async () => {
      if (state.unreachable) throw awayNow();
      return { production: state.production, previous: state.previous };
    },
    open: async (version) => {
      opened.push(version);
      await gate;
      if (state.away) throw awayNow();
      if (state.broken.has(version)) throw new Error(`${version} is damaged`);
      return { version, close: async () => void closed.push(version) };
    },
    checkMs: CHECK_MS,
    onFallback: (version) => fallbacks.push(version),
    stage: "dev",
    now: () => state.time,
  });
  const answering = async (patience?: number) => (await live.current(patience))?.version;
  const slowly = () => {
    let go = () => {};
    gate = new Promise((resolve) => {
      go = resolve;
    });
    return () => go();
  };
  return { state, closed, fallbacks, opened, live, answering, slowly };
}

describe("the model in production", () => {
  test("is followed when another is promoted, at the next look and not before", async () => {
    const { state, closed, opened, answering } = world("a");
    await answering();
    state.production = "b";
    expect(await answering()).toBe("a");
    state.time = CHECK_MS;
    expect(await Promise.all([answering(), answering()])).toEqual(["b", "b"]);
    expect([opened, closed]).toEqual([["a", "b"], ["a"]]);
  });

  test("goes on answering where the next one does not load, which is told once and tried once", async () => {
    const { state, closed, opened, fallbacks, answering } = world("a");
    await answering();
    state.broken.add("b");
    state.production = "b";
    for (state.time = CHECK_MS; state.time < 5 * CHECK_MS; state.time += CHECK_MS) expect(await answering()).toBe("a");
    expect([opened, closed, fallbacks]).toEqual([["a", "b"], [], ["b"]]);
    state.production = "c";
    state.time += CHECK_MS;
    expect(await answering()).toBe("c");
  });

  test("gives way to the one before it in an environment that starts", async () => {
    const { state, fallbacks, answering } = world("b", "a");
    state.broken.add("b");
    expect(await answering()).toBe("a");
    expect(fallbacks).toEqual(["b"]);
  });

  test("is tried again where the store was away, and nothing else is taken for it", async () => {
    const { state, fallbacks, answering } = world("a");
    await answering();
    state.production = "b";
    state.away = true;
    state.time = CHECK_MS;
    expect(await answering()).toBe("a");
    state.away = false;
    state.time += CHECK_MS;
    expect(await answering()).toBe("b");
    expect(fallbacks).toEqual([]);
  });
});

describe("where no model answers yet", () => {
  test("nothing is thrown; the reason says which commands make one, and the first promotion is picked up", async () => {
    const { state, answering, live, fallbacks } = world(null);
    expect(await answering()).toBeUndefined();
    expect(live.reason).toMatchObject({ name: "TemporaryError", code: "no-model-yet" });
    expect((live.reason as Error).message).toMatch(/bin\/hilum run --stage dev.*models promote --stage dev VERSION/);
    state.production = "a";
    // Long before another look at a model that answers would be due.
    state.time = 2000;
    expect(await answering()).toBe("a");
    expect(live.known?.version).toBe("a");
    expect(fallbacks).toEqual([]);
  });

  test.each(["unreachable", "away"] as const)("a store that is %s is asked again soon", async (how) => {
    const { state, answering, live, fallbacks } = world("b", "a");
    state[how] = true;
    expect(await answering()).toBeUndefined();
    expect(live.reason).toMatchObject({ code: "store-unavailable" });
    state[how] = false;
    state.time = 2000;
    expect(await answering()).toBe("b");
    expect(fallbacks).toEqual([]);
  });

  test("one that does not load is told once, tried again at each look, and another takes its place", async () => {
    const { state, answering, live, fallbacks, opened } = world("a", "z");
    state.broken.add("a").add("z");
    expect(await answering()).toBeUndefined();
    expect(live.reason).toMatchObject({ code: "model-unloadable", cause: new Error("a is damaged") });
    expect((live.reason as Error).message).toMatch(/version a .*models verify --stage dev a/);
    state.time = CHECK_MS - 1;
    expect(await answering()).toBeUndefined();
    state.time = CHECK_MS;
    expect(await answering()).toBeUndefined();
    expect([opened, fallbacks]).toEqual([["a", "z", "a", "z"], ["a"]]);
    state.production = "c";
    state.time += CHECK_MS;
    expect(await answering()).toBe("c");
  });

  test("who has no patience is told that it is being loaded, and who has waits for it", async () => {
    const { answering, live, slowly, opened } = world("a");
    const go = slowly();
    expect(await answering(1)).toBeUndefined();
    expect(live.known).toBeUndefined();
    expect(live.reason).toMatchObject({ code: "not-ready" });
    const waiting = answering();
    go();
    expect(await waiting).toBe("a");
    expect(opened).toEqual(["a"]);
  });
});
