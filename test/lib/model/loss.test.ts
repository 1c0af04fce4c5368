import { describe, expect, test } from "vitest";
import { normal, random } from "../../../lib/domain/random.ts";
import { Graph } from "../../../lib/engine/graph/graph.ts";
import * as op from "../../../lib/engine/graph/operations.ts";
import { openGraph } from "../../../lib/engine/session.ts";
import { tensorflow } from "../../../lib/engine/tensorflow.ts";
import { type PositiveWeights, writeMaskedCrossEntropy } from "../../../lib/model/loss.ts";
import { maskedCrossEntropy, relativeError } from "./eager-network.ts";

const tf = tensorflow();
const SHAPE = [5, 14];

function written(logits: Float32Array, targets: Float32Array, weights?: PositiveWeights) {
  const graph = new Graph();
  const z = op.placeholder(graph, "logits", "float32", [null, 14]);
  const t = op.placeholder(graph, "targets", "float32", [null, 14]);
  graph.addSignature("run", {
    inputs: { logits: z, targets: t },
    outputs: { ...writeMaskedCrossEntropy(z, t, weights) },
  });
  const session = openGraph(graph);
  try {
    const { loss, gradient } = session.run("run", {
      logits: { shape: SHAPE, values: logits },
      targets: { shape: SHAPE, values: targets },
    });
    return { loss: loss!.values[0]!, gradient: gradient!.values };
  } finally {
    session.close();
  }
}

const expected = (logits: Float32Array, targets: Float32Array, weights: readonly number[]) =>
  tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad((z) => maskedCrossEntropy(z, targets, weights))(tf.tensor(logits, SHAPE));
    return { loss: value.dataSync()[0]!, gradient: grad.dataSync() as Float32Array };
  });

describe("the masked cross-entropy and its gradient equal tfjs's own differentiation", () => {
  const next = random(4, "loss");
  const logits = Float32Array.from({ length: 70 }, () => 6 * normal(next));
  const targets = Float32Array.from({ length: 70 }, () => (next() < 0.2 ? Number.NaN : Number(next() < 0.5)));
  const compare = (weights: PositiveWeights, list: readonly number[]) => {
    const ours = written(logits, targets, weights);
    const reference = expected(logits, targets, list);
    expect(ours.loss).toBeCloseTo(reference.loss, 5);
    expect(relativeError(ours.gradient, reference.gradient)).toBeLessThan(1e-5);
    ours.gradient.forEach((value, i) => {
      if (Number.isNaN(targets[i])) expect(value).toBe(0);
    });
  };

  test("where every label counts once", () => compare({}, new Array(14).fill(1)));

  test("where positives of two observations count more, and of one less", () => {
    const list: number[] = new Array(14).fill(1);
    [list[0], list[4], list[12]] = [3, 12.5, 0.25];
    compare({ "No Finding": 3, "Lung Lesion": 12.5, Fracture: 0.25 }, list);
  });

  test("stays finite for logits of any size", () => {
    const far = logits.map((value) => 1e4 * Math.sign(value));
    const { loss, gradient } = written(far, targets, { Edema: 5 });
    expect(Number.isFinite(loss) && gradient.every(Number.isFinite)).toBe(true);
  });
});
