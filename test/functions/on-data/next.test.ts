import { describe, expect, test } from "vitest";
import { onEnded, onFound, onNameTaken, onRefused } from "../../../functions/on-data/next.ts";
import type { Arrivals, ArrivedVersion } from "../../../lib/contracts/arrivals.ts";

const version = (digit: string): ArrivedVersion => ({
  run: `run-${digit}`,
  fingerprint: digit.repeat(64),
  at: "2026-01-01T00:00:10.500Z",
});
const started = (digit: string, more = {}) => ({ ...version(digit), attempt: 1, ended: null, ...more });
const none: Arrivals = { schema: "hilum.arrivals/1", data: "s3://in/x", current: null, pending: null, refused: null };

describe("a version that is found", () => {
  test("is started where nothing was", () => {
    const next = onFound(none, version("a"), undefined, null);
    expect(next).toEqual({ arrivals: { ...none, current: started("a") }, start: started("a") });
  });

  test("waits for a run in progress, and the newest waits alone", () => {
    const running = { ...none, current: started("a") };
    const waiting = onFound(running, version("b"), "open", null).arrivals!;
    expect(waiting).toEqual({ ...running, pending: version("b") });
    expect(onFound(waiting, version("c"), "open", null).arrivals?.pending).toEqual(version("c"));
    expect(onFound(waiting, version("b"), "open", null)).toEqual({});
  });

  test.each(["succeeded", "failed"] as const)("follows at once a run that has %s", (state) => {
    expect(onFound({ ...none, current: started("a") }, version("b"), state, null).start).toEqual(started("b"));
  });

  test("is started again where it was claimed and nobody started it", () => {
    expect(onFound({ ...none, current: started("a") }, version("a"), "missing", null)).toEqual({ start: started("a") });
    expect(onFound({ ...none, current: started("a") }, version("b"), "missing", null).start).toEqual(started("a"));
  });

  test("drops what waits where the folder went back to what runs", () => {
    const waiting = { ...none, current: started("a"), pending: version("b") };
    expect(onFound(waiting, version("a"), "open", null)).toEqual({ arrivals: { ...none, current: started("a") } });
  });

  test.each([
    ["2026-01-01T00:00:11Z", "failed", 2],
    ["2026-01-01T00:00:10Z", "failed", undefined],
    [null, "failed", undefined],
    ["2026-01-01T00:00:11Z", "succeeded", undefined],
    ["2026-01-01T00:00:11Z", "open", undefined],
  ] as const)("that ran before, marked at %s, after it has %s: attempt %s", (markedAt, state, attempt) => {
    const next = onFound({ ...none, current: started("a") }, version("a"), state, markedAt);
    expect(next.start?.attempt).toBe(attempt);
  });
});

test("a run that ends hands over to what waits, once", () => {
  const waiting = { ...none, current: started("a"), pending: version("b") };
  const next = onEnded(waiting, "run-a", "failed");
  expect(next).toEqual({ arrivals: { ...none, current: started("b") }, start: started("b") });
  expect(onEnded(next.arrivals!, "run-a", "failed")).toEqual({});
});

test("a run that ends alone is remembered as ended, so that who comes next need not wait", () => {
  const { arrivals } = onEnded({ ...none, current: started("a") }, "run-a", "succeeded");
  expect(arrivals?.current?.ended).toBe("succeeded");
  expect(onEnded(arrivals!, "run-a", "succeeded")).toEqual({});
});

test("of a run that failed nothing is remembered, since it may be redriven", () => {
  expect(onEnded({ ...none, current: started("a") }, "run-a", "failed")).toEqual({});
});

test("a folder that can't be read any more has nothing that waits", () => {
  const waiting = { ...none, current: started("a"), pending: version("b") };
  expect(onRefused(waiting, "no labels").arrivals).toEqual({ ...none, current: started("a"), refused: "no labels" });
});

test("a name that another run has taken gives the next attempt, once", () => {
  const next = onNameTaken({ ...none, current: started("a") }, started("a"));
  expect(next.start?.attempt).toBe(2);
  expect(onNameTaken(next.arrivals!, started("a"))).toEqual({});
});
