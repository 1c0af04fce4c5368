import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError } from "../../../lib/domain/errors.ts";
import { messages } from "../../../lib/engine/graph/protobuf.ts";
import { SERVING_OPERATIONS } from "../../../lib/engine/graph/serving-operations.ts";
import { loadServingGraph, type ServingGraph } from "../../../lib/engine/saved-model.ts";
import { liveTensors } from "../../../lib/engine/session.ts";
import { tensorflow } from "../../../lib/engine/tensorflow.ts";
import { initialWeights } from "../../../lib/model/initial-weights.ts";
import { buildNetwork, HEAD } from "../../../lib/model/networks.ts";
import { writeServingGraph } from "../../../lib/model/serving-graph.ts";
import { createTrainingSession } from "../../../lib/model/training-session.ts";
import type { Weights } from "../../../lib/model/weights.ts";
import { asTensors, relativeError, runEagerly } from "./eager-network.ts";
import { livedInWeights, sampleBatch } from "./samples.ts";

type Tensor = import("#tensorflow").Tensor;
type Tensor4D = import("#tensorflow").Tensor4D;
type Tensor2D = import("#tensorflow").Tensor2D;

const tf = tensorflow();
const SIZE = 112;
const COUNT = 3;
const MODEL = { network: "densenet-mini", channels: 1, headWidth: 24, normalisation: "symmetric" } as const;
const network = buildNetwork(MODEL);
const members = [livedInWeights(network, 1), livedInWeights(network, 2)];
const { input: pixels } = sampleBatch(8, COUNT, SIZE);

const folders: string[] = [];
const graphs: ServingGraph[] = [];
afterAll(async () => {
  for (const graph of graphs) graph.close();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

async function folderWith(bytes: Uint8Array | undefined): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-serving-test-"));
  folders.push(folder);
  if (bytes !== undefined) await writeFile(join(folder, "saved_model.pb"), bytes);
  return folder;
}

async function serve(options: Partial<Parameters<typeof writeServingGraph>[0]> = {}): Promise<ServingGraph> {
  const bytes = writeServingGraph({ model: MODEL, size: SIZE, members: [members[0]!], ...options });
  const graph = await loadServingGraph(await folderWith(bytes));
  graphs.push(graph);
  return graph;
}

interface Expected {
  readonly logits: Float32Array;
  readonly features: Float32Array;
  /** [count, 14, rows, columns]. */
  readonly maps: Float32Array;
}

/** Logits and features by tfjs; Grad-CAM by its differentiation of the head, one class after another. */
function eagerly(weights: Weights): Expected {
  tf.engine().startScope();
  try {
    const tensors = asTensors(weights);
    const image = tf.tensor4d(
      Float32Array.from(pixels, (grey) => grey / 127.5 - 1),
      [COUNT, SIZE, SIZE, 1],
    );
    const results = runEagerly(network, tensors, image, () => false);
    const activation = results.get(network.features)! as Tensor4D;
    const kernel = (layer: string) => tensors.get(`${layer}/kernel`)! as Tensor2D;
    const logit = (of: number) => (features: Tensor) => {
      const pooled = tf.mean(features, [1, 2]) as Tensor2D;
      const hidden = tf.relu(tf.add(tf.matMul(pooled, kernel(HEAD.hidden)), tensors.get(`${HEAD.hidden}/bias`)!));
      const logits = tf.matMul(hidden as Tensor2D, kernel(HEAD.logits));
      return tf.sum(tf.slice(logits, [0, of], [-1, 1]));
    };
    const maps = Array.from({ length: 14 }, (_, of) => {
      const gradient = tf.grad(logit(of))(activation);
      const weight = tf.mean(gradient, [1, 2], true);
      return tf.relu(tf.sum(tf.mul(activation, weight), 3));
    });
    return {
      logits: results.get(network.logits)!.dataSync() as Float32Array,
      features: results.get(HEAD.pool)!.dataSync() as Float32Array,
      maps: tf.stack(maps, 1).dataSync() as Float32Array,
    };
  } finally {
    tf.engine().endScope();
  }
}

const meanOf = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, i) => (value + b[i]!) / 2);

describe("one member", () => {
  let graph: ServingGraph;
  const expected = eagerly(members[0]!);
  beforeAll(async () => {
    graph = await serve();
  });

  test("folded batch-norm changes nothing: logits, features and probabilities are the unfolded network's", () => {
    const answer = graph.run(pixels, COUNT);
    expect(relativeError(answer.logits, expected.logits)).toBeLessThan(1e-4);
    expect(relativeError(answer.features, expected.features)).toBeLessThan(1e-4);
    const probabilities = answer.logits.map((logit) => 1 / (1 + Math.exp(-logit)));
    expect(relativeError(answer.probabilities, probabilities)).toBeLessThan(1e-6);
    expect(answer.maps).toBeNull();
  });

  test("maps equal Grad-CAM by differentiation of the head", () => {
    const { maps, logits } = graph.run(pixels, COUNT, { maps: true });
    expect(maps).toMatchObject({ rows: 7, columns: 7 });
    expect(Math.max(...maps!.values)).toBeGreaterThan(0);
    expect(Math.min(...maps!.values)).toBe(0);
    expect(relativeError(maps!.values, expected.maps)).toBeLessThan(1e-4);
    expect(relativeError(logits, expected.logits)).toBeLessThan(1e-4);
  });

  test("a film's answer does not depend on its company", () => {
    const together = graph.run(pixels, COUNT, { maps: true });
    const alone = graph.run(pixels.subarray(SIZE * SIZE, 2 * SIZE * SIZE), 1, { maps: true });
    expect(relativeError(alone.logits, together.logits.subarray(14, 28))).toBeLessThan(1e-5);
    expect(relativeError(alone.maps!.values, together.maps!.values.subarray(14 * 49, 28 * 49))).toBeLessThan(1e-4);
  });

  test("leaves no tensor behind", () => {
    const before = [liveTensors(), tf.memory().numTensors];
    for (let i = 0; i < 5; i += 1) graph.run(pixels, COUNT, { maps: i % 2 === 0 });
    expect([liveTensors(), tf.memory().numTensors]).toEqual(before);
  });

  test("pixels that do not fill the films are refused", () => {
    expect(() => graph.run(pixels, COUNT + 1)).toThrow(`expected ${COUNT + 1} x ${SIZE} x ${SIZE}`);
  });
});

test("an ensemble answers the mean of its members' logits, features and maps", async () => {
  const [first, second] = members.map(eagerly);
  const graph = await serve({ members });
  const answer = graph.run(pixels, COUNT, { maps: true });
  expect(relativeError(answer.logits, meanOf(first!.logits, second!.logits))).toBeLessThan(1e-4);
  expect(relativeError(answer.features, meanOf(first!.features, second!.features))).toBeLessThan(1e-4);
  expect(relativeError(answer.maps!.values, meanOf(first!.maps, second!.maps))).toBeLessThan(1e-4);
});

test.each([
  ["unit", 1],
  ["imagenet", 3],
] as const)(
  "normalised as %s to %d channels, it equals the training session's infer",
  async (normalisation, channels) => {
    const model = { ...MODEL, channels, normalisation };
    const weights = livedInWeights(buildNetwork(model), 4);
    const session = await createTrainingSession({
      model: { ...model, trainable: "full" },
      size: SIZE,
      adam: { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      weightDecay: 0,
      movingAverage: 0,
      seed: 1,
    });
    try {
      await session.write({ ...(await session.read()), weights });
      const graph = await serve({ model, members: [weights] });
      const trained = await session.infer(pixels, COUNT);
      expect(relativeError(graph.run(pixels, COUNT).logits, trained)).toBeLessThan(1e-4);
    } finally {
      await session.dispose();
    }
  },
);

describe("what is refused", () => {
  test("weights with one missing", () => {
    const without = new Map(members[0]!);
    without.delete("logits/bias");
    expect(() => writeServingGraph({ model: MODEL, size: SIZE, members: [members[0]!, without] })).toThrow(
      "member 1, weight logits/bias: none, expected 14",
    );
  });

  test.each([
    ["an empty folder", undefined],
    ["a file of noise", new Uint8Array(100).fill(7)],
    ["a file cut short", writeServingGraph({ model: MODEL, size: SIZE, members: [members[0]!] }).subarray(0, 200_000)],
  ])("%s", async (_, bytes) => {
    const folder = await folderWith(bytes);
    const error = await loadServingGraph(folder).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    expect(error).toMatchObject({ code: "serving-graph" });
  });

  /** The graph with one node more, as evil-minded software would write it. */
  const withNode = (op: string, input?: string): Uint8Array => {
    const { SavedModel, NodeDef } = messages();
    const bytes = writeServingGraph({ model: MODEL, size: SIZE, members: [members[0]!] });
    const model = SavedModel.deserializeBinary(bytes);
    const node = new NodeDef();
    node.setName("more");
    node.setOp(op);
    if (input !== undefined) node.addInput(input);
    model.getMetaGraphsList()[0]!.getGraphDef().addNode(node);
    return model.serializeBinary();
  };

  test.each(["ReadFile", "WriteFile", "PyFunc", "StatefulPartitionedCall", "PrintV2", "SaveV2"])(
    "an operation that no serving graph has: %s",
    async (op) => {
      const error = await loadServingGraph(await folderWith(withNode(op))).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "serving-graph", message: expect.stringContaining(`(${op})`) });
    },
  );
});

test("the operations that may run are those that serving graphs have, and no more", () => {
  // The large ones are made of the same blocks; serving-model.test.ts loads the graphs of all six.
  const written = (["densenet-mini", "vgg-mini", "resnet-mini"] as const).flatMap((network) =>
    ([1, 3] as const).flatMap((channels) => {
      const model = {
        network,
        channels,
        headWidth: 8,
        normalisation: channels === 3 ? "imagenet" : "symmetric",
      } as const;
      const weights = initialWeights(buildNetwork(model), 1);
      const bytes = writeServingGraph({ model, size: 64, members: [weights, weights] });
      const [graph] = messages().SavedModel.deserializeBinary(bytes).getMetaGraphsList();
      return graph!
        .getGraphDef()
        .getNodeList()
        .map((node) => node.getOp());
    }),
  );
  expect([...new Set(written)].sort()).toEqual([...SERVING_OPERATIONS]);
});
