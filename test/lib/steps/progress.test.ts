import { expect, test } from "vitest";
import { ProgressEvent } from "../../../lib/contracts/progress.ts";
import { createReporter } from "../../../lib/steps/progress.ts";

test("progress: at most two events a second and the last, with the rate of late and the time left", () => {
  const events: ProgressEvent[] = [];
  let now = 0;
  const { progress } = createReporter("train", { emit: (event) => events.push(event), now: () => now });
  for (let done = 0; done <= 1000; done += 1, now += 10) {
    progress({ done, total: 1000, unit: "images", figures: { loss: done / 1000 } });
  }
  expect(events.map((event) => ProgressEvent.parse(event))).toEqual(events);
  expect(events).toHaveLength(21);
  expect(events[0]).toMatchObject({ done: 0, rate: null, secondsLeft: null });
  expect(events.at(-1)).toMatchObject({ done: 1000, rate: 100, secondsLeft: 0, figures: { loss: 1 } });
  expect(events[10]).toMatchObject({ done: 500, rate: 100, secondsLeft: 5 });

  // Ten times slower: after ten seconds nothing of the old pace is left.
  now += 1000;
  progress({ done: 0, total: 2000, unit: "images" });
  for (let done = 1; done <= 200; done += 1) {
    now += 100;
    progress({ done, total: 2000, unit: "images" });
  }
  expect(events.at(-1)).toMatchObject({ rate: expect.closeTo(10, 5) });
});

test("progress: a step slower than the window shows its rate as well", () => {
  const events: ProgressEvent[] = [];
  let now = 0;
  const { progress } = createReporter("train", { emit: (event) => events.push(event), now: () => now });
  for (let done = 0; done <= 48; done += 16, now += 25_000) progress({ done, total: 160, unit: "images" });
  expect(events.map((event) => event.event === "progress" && event.rate)).toEqual([null, 0.64, 0.64, 0.64]);
  expect(events.at(-1)).toMatchObject({ secondsLeft: 175 });
});
