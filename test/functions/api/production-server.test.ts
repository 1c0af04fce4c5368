import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { productionServer } from "../../../functions/api/production-server.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Versions that answer with their own name, `/slow` only once they are let. */
async function world() {
  const state = { production: "a", previous: null as string | null, broken: new Set<string>() };
  const closed: string[] = [];
  const told: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = await productionServer({
    channels: async () => ({ ...state }),
    open: async (version) => {
      if (state.broken.has(version)) throw new Error(`${version} is damaged`);
      const fetch = async ({ url }: Request) => {
        if (url.endsWith("/slow")) await held;
        return new Response(version);
      };
      return { version, fetch, close: async () => void closed.push(version) };
    },
    onFallback: (version) => told.push(`not ${version}`),
    onSwap: ({ version }) => told.push(version),
  });
  const ask = async (path = "") => (await server.fetch(new Request(`http://127.0.0.1/${path}`))).text();
  const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);
  return { state, closed, told, server, ask, release, seconds };
}

describe("a server of what is in production", () => {
  test("answers what came before a promotion by the version of then, which ends only after that", async () => {
    const { state, closed, told, server, ask, release, seconds } = await world();
    const slow = ask("slow");
    state.production = "b";
    await seconds(3);
    expect(await ask()).toBe("b");
    expect(closed).toEqual([]);
    release();
    expect(await slow).toBe("a");
    await seconds(1);
    expect([closed, told]).toEqual([["a"], ["b"]]);
    await server.close();
    expect(closed).toEqual(["a", "b"]);
  });

  test("goes on with the version before where one does not load, and takes it once it does", async () => {
    const { state, told, server, ask, seconds } = await world();
    Object.assign(state, { production: "b", previous: "a" });
    state.broken.add("b");
    await seconds(20);
    expect([await ask(), told]).toEqual(["a", ["not b"]]);
    state.broken.delete("b");
    await seconds(10);
    expect([await ask(), told]).toEqual(["b", ["not b", "b"]]);
    await server.close();
  });

  test("ends at once when it is closed, whatever is still to be answered", async () => {
    const { closed, server, ask, state, seconds } = await world();
    void ask("slow");
    state.production = "b";
    await seconds(1);
    await server.close();
    expect(closed.toSorted()).toEqual(["a", "b"]);
  });
});
