import { describe, expect, test } from "vitest";
import { TrainingConfig } from "../../../lib/contracts/run-config.ts";
import { memberConfig } from "../../../lib/training/member-config.ts";

describe("a member of a run", () => {
  test("trains with its own seed and the run's settings where nothing is swept", () => {
    const training = TrainingConfig.parse({ seeds: [4, 9], learningRate: 0.01 });
    expect(memberConfig(training, 1)).toEqual({ seed: 9, training });
  });

  test("has the entry of the sweep at its place, and what that leaves out from the run", () => {
    const sweep = [{ learningRate: 0.1 }, { weightDecay: 0.2, augment: { shift: 0.1 } }];
    const training = TrainingConfig.parse({ seeds: [1, 1], epochs: 7, learningRate: 0.01, movingAverage: 0.9, sweep });
    const [first, second] = [memberConfig(training, 0), memberConfig(training, 1)];
    expect(first).toEqual({ seed: 1, training: { ...training, learningRate: 0.1 } });
    const augment = { rotation: 0, scale: 0, shift: 0.1, contrast: 0 };
    expect(second).toEqual({ seed: 1, training: { ...training, weightDecay: 0.2, augment } });
  });

  test("that the run does not have is refused", () => {
    expect(() => memberConfig(TrainingConfig.parse({}), 1)).toThrow("member 1, expected an index below 1");
  });
});

test.each([
  ["fewer entries than seeds", { seeds: [1, 2], sweep: [{ epochs: 1 }] }, "as many entries as training.seeds"],
  ["a setting that members share", { seeds: [1], sweep: [{ patience: 1 }] }, "patience"],
])("a sweep with %s is refused", (_, training, message) => {
  expect(() => TrainingConfig.parse(training)).toThrow(message);
});
