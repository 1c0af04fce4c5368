import { afterAll, describe, expect, test } from "vitest";
import type { ModelConfig } from "../../../lib/contracts/run-config.ts";
import { supportsPrecision } from "../../../lib/engine/precision.ts";
import { device, tensorflow } from "../../../lib/engine/tensorflow.ts";
import type { Network } from "../../../lib/model/network.ts";
import { buildNetwork } from "../../../lib/model/networks.ts";
import { parametersOf } from "../../../lib/model/parameters.ts";
import type { Augmentation, Batch, TrainingSession, TrainingState } from "../../../lib/model/session.ts";
import { createTrainingSession, type TrainingSessionOptions } from "../../../lib/model/training-session.ts";
import type { Weights } from "../../../lib/model/weights.ts";
import { asTensors, maskedCrossEntropy, relativeError, runEagerly } from "./eager-network.ts";
import { livedInWeights, sampleBatch } from "./samples.ts";

const tf = tensorflow();
const SIZE = 48;
const MODEL: Omit<ModelConfig, "weights"> = {
  network: "densenet-mini",
  channels: 1,
  headWidth: 16,
  normalisation: "symmetric",
  trainable: "full",
};
/** An epsilon that gradients near zero, which differ in their last bits, do not make into whole steps. */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-2 };
const RATE = 0.01;
const network = buildNetwork(MODEL);
const parameters = parametersOf(network);
const learned = parameters.filter((parameter) => parameter.learned).map(({ name }) => name);

const opened: TrainingSession[] = [];
afterAll(() => Promise.all(opened.map((session) => session.dispose())));

async function open(options: Partial<TrainingSessionOptions> = {}): Promise<TrainingSession> {
  const defaults = { model: MODEL, size: SIZE, adam: ADAM, weightDecay: 0, movingAverage: 0, seed: 1 };
  const session = await createTrainingSession({ ...defaults, ...options });
  opened.push(session);
  return session;
}

const startFrom = (weights: Weights, moments: Weights): TrainingState => ({
  step: 0,
  weights,
  firstMoments: moments,
  secondMoments: moments,
  average: null,
});

const zerosFor = (names: readonly string[], weights: Weights): Weights =>
  new Map(
    names.map((name) => [
      name,
      { shape: weights.get(name)!.shape, data: new Float32Array(weights.get(name)!.data.length) },
    ]),
  );

const livedIn = livedInWeights(network, 3);
const livedInState = startFrom(livedIn, zerosFor(learned, livedIn));

interface EagerStep {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** Batch mean and biased variance of every batch-norm. */
  readonly statistics: ReadonlyMap<string, Float32Array>;
}

/** Loss, gradients and batch statistics by tfjs's own differentiation. */
function eagerStep(
  weights: Weights,
  batch: Batch,
  trained: readonly string[],
  training: boolean,
  of: Network = network,
): EagerStep {
  tf.engine().startScope();
  try {
    const tensors = asTensors(weights);
    const image = tf.tensor4d(
      Float32Array.from(batch.input, (grey) => grey / 127.5 - 1),
      [batch.count, SIZE, SIZE, 1],
    );
    const statistics = new Map<string, Float32Array>();
    const loss = (...values: import("#tensorflow").Tensor[]) => {
      const variables = new Map([...tensors, ...trained.map((name, i) => [name, values[i]!] as const)]);
      const results = runEagerly(of, variables, image, () => training);
      for (const [name, value] of results) {
        if (/\/(mean|variance)$/.test(name)) statistics.set(name, value.dataSync() as Float32Array);
      }
      return maskedCrossEntropy(results.get(of.logits)!, batch.targets);
    };
    const { value, grads } = tf.valueAndGrads(loss)(trained.map((name) => tensors.get(name)!));
    return {
      loss: value.dataSync()[0]!,
      gradients: new Map(trained.map((name, i) => [name, grads[i]!.dataSync() as Float32Array])),
      statistics,
    };
  } finally {
    tf.engine().endScope();
  }
}

describe("one step", () => {
  const batch = sampleBatch(1, 6, SIZE);
  const expected = eagerStep(livedIn, batch, learned, true);

  test("loss and gradients equal tfjs's differentiation of the same network", async () => {
    const session = await open();
    await session.write(livedInState);
    expect(await session.step(batch, RATE)).toBeCloseTo(expected.loss, 5);
    const { firstMoments } = await session.read();
    const errors = learned.map((name) => {
      const gradient = firstMoments.get(name)!.data.map((moment) => moment / (1 - ADAM.beta1));
      return relativeError(gradient, expected.gradients.get(name)!);
    });
    // An activation that is zero but for its last bit may fall on the other side of a ReLU; everything below sees it.
    expect(Math.max(...errors)).toBeLessThan(1e-2);
    expect(errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(2e-5);
  });

  test("running statistics move to the batch's mean and its variance over n", async () => {
    const session = await open();
    await session.write(livedInState);
    await session.step(batch, RATE);
    const { weights } = await session.read();
    for (const layer of network.layers) {
      if (layer.kind !== "batchNorm") continue;
      for (const kind of ["mean", "variance"]) {
        const name = `${layer.name}/moving_${kind}`;
        const now = expected.statistics.get(`${layer.name}/${kind}`)!;
        const { momentum } = layer.settings;
        const moved = livedIn.get(name)!.data.map((old, i) => momentum * old + (1 - momentum) * now[i]!);
        expect(relativeError(weights.get(name)!.data, moved), name).toBeLessThan(1e-4);
      }
    }
  });

  test("a batch without any label changes no weight and has loss 0", async () => {
    const session = await open();
    await session.write(livedInState);
    const blank = { ...batch, targets: new Float32Array(batch.targets.length).fill(Number.NaN) };
    expect(await session.step(blank, RATE)).toBe(0);
    const { weights } = await session.read();
    for (const name of learned) expect(weights.get(name)!.data, name).toEqual(livedIn.get(name)!.data);
  });

  test("weight decay takes its share of kernels and of nothing else", async () => {
    const after = await Promise.all(
      [0, 0.1].map(async (weightDecay) => {
        const session = await open({ weightDecay });
        await session.write(livedInState);
        await session.step(batch, RATE);
        return (await session.read()).weights;
      }),
    );
    for (const name of learned) {
      const start = livedIn.get(name)!;
      const [plain, decayed] = after.map((weights) => weights.get(name)!.data);
      const taken = plain!.map((value, i) => value - decayed![i]!);
      const share = start.shape.length > 1 ? RATE * 0.1 : 0;
      for (let i = 0; i < taken.length; i += 97) expect(taken[i]).toBeCloseTo(start.data[i]! * share, 6);
    }
  });
});

test("every one of several steps is Adam's, by hand over tfjs's gradients", async () => {
  const session = await open();
  await session.write(livedInState);
  for (let step = 1; step <= 4; step += 1) {
    const batch = sampleBatch(step, 5, SIZE);
    const before = await session.read();
    const expected = eagerStep(before.weights, batch, learned, true);
    expect(await session.step(batch, RATE)).toBeCloseTo(expected.loss, 4);
    const after = await session.read();
    expect(after.step).toBe(step);
    const rate = (RATE * Math.sqrt(1 - ADAM.beta2 ** step)) / (1 - ADAM.beta1 ** step);
    const errors = learned.map((name) => {
      const moved = after.weights.get(name)!.data.map((value, i) => value - before.weights.get(name)!.data[i]!);
      const byHand = expected.gradients.get(name)!.map((gradient, i) => {
        const m = ADAM.beta1 * before.firstMoments.get(name)!.data[i]! + (1 - ADAM.beta1) * gradient;
        const v = ADAM.beta2 * before.secondMoments.get(name)!.data[i]! + (1 - ADAM.beta2) * gradient * gradient;
        return (-rate * m) / (Math.sqrt(v) + ADAM.epsilon);
      });
      return relativeError(moved, byHand);
    });
    expect(Math.max(...errors)).toBeLessThan(2e-2);
    expect(errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(1e-3);
  }
});

/** Biases that a batch-norm takes away with the mean: the terms of their gradients cancel, and only rounding is left. */
const cancelled = ({ layers }: Network): ReadonlySet<string> => {
  const normalised = new Set(layers.flatMap(({ kind, inputs }) => (kind === "batchNorm" ? inputs : [])));
  const biased = layers.filter((layer) => layer.kind === "conv" && layer.settings.bias && normalised.has(layer.name));
  return new Set(biased.map(({ name }) => `${name}/bias`));
};
const largestOf = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
/**
 * Of cancelled terms, as a share of the network's largest gradient: float32's 6e-8 by the square root of the thousands
 * of places that a sum runs over (59 in the first layer), and three times that.
 */
const ROUNDING = 1e-5;

describe.each(["vgg-mini", "resnet-mini"] as const)("one step of %s", (name) => {
  test("loss and gradients equal tfjs's differentiation of the same network", async () => {
    const model = { ...MODEL, network: name };
    const other = buildNetwork(model);
    const weights = livedInWeights(other, 3);
    const trained = parametersOf(other).flatMap((parameter) => (parameter.learned ? [parameter.name] : []));
    const batch = sampleBatch(1, 6, SIZE);
    const expected = eagerStep(weights, batch, trained, true, other);
    const session = await open({ model });
    await session.write(startFrom(weights, zerosFor(trained, weights)));
    expect(await session.step(batch, RATE)).toBeCloseTo(expected.loss, 5);
    const { firstMoments } = await session.read();
    const gradientOf = (one: string) => firstMoments.get(one)!.data.map((moment) => moment / (1 - ADAM.beta1));
    const errors = trained
      .filter((one) => !cancelled(other).has(one))
      .map((one) => relativeError(gradientOf(one), expected.gradients.get(one)!));
    const largest = Math.max(...[...expected.gradients.values()].map(largestOf));
    for (const one of cancelled(other)) expect(largestOf(gradientOf(one)), one).toBeLessThan(ROUNDING * largest);
    expect(Math.max(...errors)).toBeLessThan(1e-2);
    expect(errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]).toBeLessThan(2e-5);
  });
});

describe.each(["densenet-mini", "vgg-mini", "resnet-mini"] as const)("a frozen backbone of %s", (name) => {
  const batch = sampleBatch(2, 4, SIZE);
  const model = { ...MODEL, network: name, trainable: "head" } as const;
  const frozen = buildNetwork(model);
  const weights = livedInWeights(frozen, 3);
  const names = parametersOf(frozen).map((parameter) => parameter.name);
  const head = names.filter((one) => !frozen.backbone.has(one.slice(0, one.indexOf("/"))));

  test("keeps every weight and statistic bit for bit while the head learns", async () => {
    const session = await open({ model });
    await session.write(startFrom(weights, zerosFor(head, weights)));
    const expected = eagerStep(weights, batch, head, false, frozen);
    expect(await session.step(batch, RATE)).toBeCloseTo(expected.loss, 5);
    const state = await session.read();
    for (const one of head) {
      const gradient = state.firstMoments.get(one)!.data.map((moment) => moment / (1 - ADAM.beta1));
      expect(relativeError(gradient, expected.gradients.get(one)!), one).toBeLessThan(2e-3);
      expect(state.weights.get(one)!.data, one).not.toEqual(weights.get(one)!.data);
    }
    expect(head.length).toBe(4);
    for (const one of names.filter((other) => !head.includes(other))) {
      expect(state.weights.get(one)!.data, one).toEqual(weights.get(one)!.data);
    }
  });
});

describe("the moving average", () => {
  test("follows the weights, faster in the first steps, and is what infer uses", async () => {
    const decay = 0.5;
    const session = await open({ movingAverage: decay });
    await session.write(livedInState);
    let average = new Map([...livedIn].map(([name, { data }]) => [name, Float64Array.from(data)]));
    for (let step = 0; step < 3; step += 1) {
      await session.step(sampleBatch(step, 4, SIZE), RATE);
      const { weights } = await session.read();
      const kept = Math.min(decay, (1 + step) / (10 + step));
      average = new Map(
        [...average].map(([name, old]) => [
          name,
          old.map((value, i) => kept * value + (1 - kept) * weights.get(name)!.data[i]!),
        ]),
      );
    }
    const state = await session.read();
    for (const [name, values] of average) {
      expect(relativeError(state.average!.get(name)!.data, values), name).toBeLessThan(1e-4);
    }
    const { input: pixels, count } = sampleBatch(9, 2, SIZE);
    const served = await session.infer(pixels, count);
    const plain = await open();
    await plain.write({ ...state, weights: state.average!, average: null });
    expect(relativeError(await plain.infer(pixels, count), served)).toBeLessThan(1e-5);
  });
});

describe.runIf(supportsPrecision("bfloat16", device()))("bfloat16", () => {
  const batch = sampleBatch(7, 8, SIZE);

  async function steps(precision: "float32" | "bfloat16", count: number) {
    const session = await open({ precision });
    await session.write(livedInState);
    const before = await session.infer(batch.input, batch.count);
    const losses: number[] = [];
    for (let i = 0; i < count; i += 1) losses.push(await session.step(batch, RATE));
    return { losses, before, state: await session.read() };
  }

  test("a step goes float32's way; weights and statistics stay float32", async () => {
    const [wide, narrow] = [await steps("float32", 1), await steps("bfloat16", 1)];
    const direction = cosine(narrow.state.firstMoments, wide.state.firstMoments);
    expect(direction).toBeGreaterThan(0.9);
    expect(direction).toBeLessThan(1 - 1e-6);
    expect(narrow.losses[0]).toBeCloseTo(wide.losses[0]!, 2);
    const mean = narrow.state.weights.get("conv1_bn/moving_mean")!.data;
    expect(relativeError(mean, wide.state.weights.get("conv1_bn/moving_mean")!.data)).toBeLessThan(0.01);
    // A weight that went through bfloat16 would have lost its lower 16 bits.
    const bits = new Uint32Array(narrow.state.weights.get("conv1_conv/kernel")!.data.slice().buffer);
    expect(bits.some((word) => (word & 0xffff) !== 0)).toBe(true);
  });

  test("it learns as fast, and infer is float32's", async () => {
    const [wide, narrow] = [await steps("float32", 20), await steps("bfloat16", 20)];
    expect(narrow.before).toEqual(wide.before);
    const learned = ({ losses }: typeof wide) => losses[0]! - losses.at(-1)!;
    expect(learned(wide)).toBeGreaterThan(0.1);
    expect(learned(narrow) / learned(wide)).toBeGreaterThan(0.85);
  });

  /** Of the angle between two sets of values. */
  function cosine(a: Weights, b: Weights): number {
    const sums = { ab: 0, aa: 0, bb: 0 };
    for (const [name, { data }] of a) {
      const other = b.get(name)!.data;
      data.forEach((value, i) => {
        sums.ab += value * other[i]!;
        sums.aa += value * value;
        sums.bb += other[i]! * other[i]!;
      });
    }
    return sums.ab / Math.sqrt(sums.aa * sums.bb);
  }
});

describe("augmentation on the device", () => {
  const batch = sampleBatch(6, 4, SIZE);
  const changedBy = (transform: readonly number[]): Augmentation => ({
    transforms: Float32Array.from({ length: batch.count * 8 }, (_, i) => transform[i % 8]!),
    contrasts: new Float32Array(batch.count),
  });
  const IDENTITY = changedBy([1, 0, 0, 0, 1, 0, 0, 0]);

  /** Weights after a step and logits then of the batch's films as they are. */
  async function afterStep(augments: boolean, shown: Batch) {
    const session = await open({ augments });
    await session.write(livedInState);
    const loss = await session.step(shown, RATE);
    return { loss, weights: (await session.read()).weights, logits: await session.infer(batch.input, batch.count) };
  }

  test("a step under the identity is a step on the films as they are", async () => {
    expect(await afterStep(true, { ...batch, augmentation: IDENTITY })).toEqual(await afterStep(false, batch));
  });

  test("a step on moved films is a step on films that were moved before, and infer sees them unmoved", async () => {
    const input = batch.input.map((_, i, all) => {
      const [x, y] = [(i % SIZE) + 2, (Math.floor(i / SIZE) % SIZE) - 1];
      return x >= SIZE || y < 0 ? 0 : all[i + 2 - SIZE]!;
    });
    const moved = { ...batch, augmentation: changedBy([1, 0, 2, 0, 1, -1, 0, 0]) };
    expect(await afterStep(true, moved)).toEqual(await afterStep(false, { ...batch, input }));
  });

  test("a session that augments asks for it at every step", async () => {
    const session = await open({ augments: true });
    await expect(session.step(batch, RATE)).rejects.toThrow("nothing fed to transforms");
  });
});

describe("state", () => {
  const batch = sampleBatch(4, 4, SIZE);

  test("a session that is given another's state goes on exactly as that one", async () => {
    const first = await open({ movingAverage: 0.99 });
    await first.step(batch, RATE);
    const state = await first.read();
    const second = await open({ movingAverage: 0.99, seed: 2 });
    await second.write(state);
    for (let i = 0; i < 3; i += 1) expect(await second.step(batch, RATE)).toBe(await first.step(batch, RATE));
    expect(await second.read()).toEqual(await first.read());
  });

  test("steps do not write into the arrays that a state was written from", async () => {
    const session = await open();
    const kept = new Map([...livedIn].map(([name, { data }]) => [name, data.slice()]));
    await session.write(livedInState);
    const read = await session.read();
    const copy = new Map([...read.weights].map(([name, { data }]) => [name, data.slice()]));
    await session.step(batch, RATE);
    for (const [name, data] of kept) expect(livedIn.get(name)!.data, name).toEqual(data);
    for (const [name, data] of copy) expect(read.weights.get(name)!.data, name).toEqual(data);
  });

  test("the same seed gives the same weights, another seed others", async () => {
    const [a, b, c] = await Promise.all([1, 1, 2].map(async (seed) => (await (await open({ seed })).read()).weights));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  test("a state with a weight missing or of another shape is refused by name", async () => {
    const session = await open();
    const without = new Map(livedIn);
    without.delete("conv1_bn/gamma");
    await expect(session.write({ ...livedInState, weights: without })).rejects.toThrow("weight conv1_bn/gamma: none");
  });
});
