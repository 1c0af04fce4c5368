import { expect, test } from "vitest";
import { limiter } from "../../../lib/parallel/limiter.ts";

const settled = () => new Promise((resolve) => setImmediate(resolve));
const full = (inside: number) => new Error(`${inside} inside`);

test("so many are inside, the others wait in turn, and leaving twice makes no second place", async () => {
  const gate = limiter({ places: 2 });
  const order: number[] = [];
  const leaves = await Promise.all([gate.enter(), gate.enter()]);
  const visits = [0, 1, 2].map((visit) => gate.enter().then((leave) => order.push(visit) && leave));
  await settled();
  expect(order).toEqual([]);
  leaves[0]!();
  leaves[0]!();
  await settled();
  expect(order).toEqual([0]);
  leaves[1]!();
  await settled();
  expect(order).toEqual([0, 1]);
  for (const visit of visits) (await visit.then((leave) => leave as () => void))();
  expect(order).toEqual([0, 1, 2]);
});

test("a place that is handed on is not taken by whoever comes meanwhile", async () => {
  const gate = limiter({ places: 1 });
  const order: string[] = [];
  const leave = await gate.enter();
  const waiting = gate.run(async () => order.push("waited"));
  leave();
  const late = gate.run(async () => order.push("came later"));
  await Promise.all([waiting, late]);
  expect(order).toEqual(["waited", "came later"]);
});

test("so many wait, and no more; none where none may", async () => {
  const gate = limiter({ places: 1, mostWaiting: 1, full });
  await gate.enter();
  const waiting = gate.enter();
  await expect(gate.enter()).rejects.toThrow("1 inside");
  await expect(Promise.race([waiting, settled().then(() => "waits")])).resolves.toBe("waits");
  const strict = limiter({ places: 1, mostWaiting: 0, full });
  const leave = await strict.enter();
  await expect(strict.enter()).rejects.toThrow("1 inside");
  leave();
  await expect(strict.enter()).resolves.toBeTypeOf("function");
});

test("patience ends, and so does a wait by its signal: whoever gave up takes no place", async () => {
  const gate = limiter({ places: 1, patience: 5, full });
  const leave = await gate.enter();
  await expect(gate.enter()).rejects.toThrow("1 inside");
  const stopping = new AbortController();
  const { signal } = stopping;
  const patient = limiter({ places: 1 });
  const leaveToo = await patient.enter();
  const given = patient.enter({ signal });
  stopping.abort(new Error("gone"));
  await expect(given).rejects.toThrow("gone");
  await expect(patient.enter({ signal })).rejects.toThrow("gone");
  leave();
  leaveToo();
  await expect(gate.enter()).resolves.toBeTypeOf("function");
  await expect(patient.enter()).resolves.toBeTypeOf("function");
});

test("work that fails leaves its place", async () => {
  const gate = limiter({ places: 1 });
  await expect(gate.run(() => Promise.reject(new Error("no film")))).rejects.toThrow("no film");
  await expect(gate.run(async () => "next")).resolves.toBe("next");
});
