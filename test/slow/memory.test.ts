import { expect, test } from "vitest";
import { random } from "../../lib/domain/random.ts";
import { Graph } from "../../lib/engine/graph/graph.ts";
import * as op from "../../lib/engine/graph/operations.ts";
import { liveTensors, openGraph } from "../../lib/engine/session.ts";
import { tensorflow } from "../../lib/engine/tensorflow.ts";
import { createTrainingSession } from "../../lib/model/training-session.ts";
import { drawAugmentation } from "../../lib/training/augment.ts";
import { sampleBatch } from "../lib/model/samples.ts";

const tf = tensorflow();
const SIZE = 48;

test("memory stays flat: tensors the same and resident memory within 5 % from step 50 to step 500", async () => {
  const session = await createTrainingSession({
    model: {
      network: "densenet-mini",
      channels: 1,
      headWidth: 16,
      normalisation: "symmetric",
      trainable: "full",
    },
    size: SIZE,
    adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-2 },
    weightDecay: 0,
    augments: true,
    movingAverage: 0.9,
    seed: 1,
  });
  const augment = { rotation: 5, scale: 0.1, shift: 0.1, contrast: 0.1 };
  const batch = { ...sampleBatch(5, 2, SIZE), augmentation: drawAugmentation(2, SIZE, augment, (n) => random(1, n)) };
  const memory: { tensors: number; eager: number; resident: number }[] = [];
  for (let step = 1; step <= 500; step += 1) {
    await session.step(batch, 0.01);
    memory.push({
      tensors: liveTensors(),
      eager: tf.memory().numTensors,
      resident: process.memoryUsage.rss(),
    });
  }
  const [early, late] = [memory[49]!, memory[499]!];
  expect(late.tensors).toBe(early.tensors);
  expect(late.eager).toBe(early.eager);
  expect(late.resident / early.resident).toBeLessThan(1.05);
  await session.dispose();
});

test("a batch that the device has no room for is told of by the setting that makes it smaller", () => {
  const graph = new Graph();
  const a = op.placeholder(graph, "a", "float32", [null, 1]);
  const b = op.placeholder(graph, "b", "float32", [1, null]);
  graph.addSignature("outer", { inputs: { a, b }, outputs: { sum: op.sum(op.multiply(a, b), [0, 1]) } });
  const session = openGraph(graph);
  const before = liveTensors();
  // A product of 16 TiB.
  const values = new Float32Array(2 ** 21);
  const outer = () =>
    session.run("outer", { a: { shape: [values.length, 1], values }, b: { shape: [1, values.length], values } });
  // Once: TensorFlow waits for ten seconds whether somebody gives memory back.
  expect(outer).toThrow(
    expect.objectContaining({ code: "no-memory", message: expect.stringContaining("lower training.batchSize") }),
  );
  expect(liveTensors()).toBe(before);
  session.close();
});
