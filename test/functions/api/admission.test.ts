import { expect, test } from "vitest";
import { admission } from "../../../functions/api/admission.ts";

const LONG = 60_000;

test("whoever finds no place gets the first that is left, in turn", async () => {
  const gate = admission(1, LONG);
  const order: string[] = [];
  const leave = await gate.enter();
  const visits = ["first", "second"].map(async (name) => {
    const leaveAgain = await gate.enter();
    order.push(name);
    leaveAgain();
  });
  expect(order).toEqual([]);
  leave();
  leave();
  await Promise.all(visits);
  expect(order).toEqual(["first", "second"]);
  // Leaving twice made no second place.
  await gate.enter();
  await expect(Promise.race([gate.enter(), Promise.resolve("waits")])).resolves.toBe("waits");
});

test("patience ends, and whoever gave up takes no place", async () => {
  const gate = admission(1, 5);
  const leave = await gate.enter();
  await expect(gate.enter()).rejects.toMatchObject({ code: "busy" });
  leave();
  await expect(gate.enter()).resolves.toBeTypeOf("function");
});

test("so many wait, and no more", async () => {
  const gate = admission(1, 200);
  await gate.enter();
  const crowd = Array.from({ length: 256 }, () => gate.enter().catch(() => "gave up"));
  await expect(Promise.race([gate.enter(), ...crowd])).rejects.toMatchObject({ code: "busy" });
  expect(new Set(await Promise.all(crowd))).toEqual(new Set(["gave up"]));
});
