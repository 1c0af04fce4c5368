import { OBSERVATION_COUNT } from "../../../lib/domain/observations.ts";
import type { Batch, Input, TrainingSession, TrainingState } from "../../../lib/model/session.ts";
import type { Weights } from "../../../lib/model/weights.ts";

export interface LogisticOptions {
  /** Pixels of a film. */
  readonly area: number;
  /** Decay of the moving average; 0 is off. */
  readonly movingAverage?: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/**
 * Fourteen logistic regressions on the raw pixels, trained with Adam (Kingma and Ba 2015, algorithm 1) in plain
 * loops: a second, independent implementation of TrainingSession, exact in float32 and quick enough for every step.
 */
export function logisticSession({ area, movingAverage = 0 }: LogisticOptions): TrainingSession {
  const shapes = { "dense/kernel": [area, OBSERVATION_COUNT], "dense/bias": [OBSERVATION_COUNT] };
  const zeros = (): Weights =>
    new Map(
      Object.entries(shapes).map(([name, shape]) => [
        name,
        { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) },
      ]),
    );
  let state: TrainingState = {
    step: 0,
    weights: zeros(),
    firstMoments: zeros(),
    secondMoments: zeros(),
    average: movingAverage > 0 ? zeros() : null,
  };

  const logitsOf = (weights: Weights, pixels: Input, count: number): Float32Array => {
    const kernel = weights.get("dense/kernel")!.data;
    const bias = weights.get("dense/bias")!.data;
    const logits = new Float32Array(count * OBSERVATION_COUNT);
    for (let n = 0; n < count; n += 1) {
      for (let o = 0; o < OBSERVATION_COUNT; o += 1) {
        let logit = bias[o]!;
        for (let p = 0; p < area; p += 1)
          logit += (pixels[n * area + p]! / 255 - 0.5) * kernel[p * OBSERVATION_COUNT + o]!;
        logits[n * OBSERVATION_COUNT + o] = logit;
      }
    }
    return logits;
  };

  const gradients = ({ count, input: pixels, targets }: Batch): { loss: number; gradients: Weights } => {
    const logits = logitsOf(state.weights, pixels, count);
    const result = zeros();
    const kernel = result.get("dense/kernel")!.data;
    const bias = result.get("dense/bias")!.data;
    const labelled = targets.filter((target) => !Number.isNaN(target)).length;
    let loss = 0;
    for (let i = 0; i < targets.length; i += 1) {
      if (Number.isNaN(targets[i]!)) continue;
      const probability = 1 / (1 + Math.exp(-logits[i]!));
      loss -= (targets[i]! * Math.log(probability) + (1 - targets[i]!) * Math.log(1 - probability)) / labelled;
      const slope = (probability - targets[i]!) / labelled;
      const film = Math.floor(i / OBSERVATION_COUNT) * area;
      const o = i % OBSERVATION_COUNT;
      bias[o] = bias[o]! + slope;
      for (let p = 0; p < area; p += 1) {
        kernel[p * OBSERVATION_COUNT + o]! += slope * (pixels[film + p]! / 255 - 0.5);
      }
    }
    return { loss, gradients: result };
  };

  return {
    async step(batch, learningRate) {
      const { loss, gradients: slopes } = gradients(batch);
      const step = state.step + 1;
      for (const [name, { data: g }] of slopes) {
        const w = state.weights.get(name)!.data;
        const m = state.firstMoments.get(name)!.data;
        const v = state.secondMoments.get(name)!.data;
        const average = state.average?.get(name)?.data;
        for (let i = 0; i < g.length; i += 1) {
          m[i] = BETA1 * m[i]! + (1 - BETA1) * g[i]!;
          v[i] = BETA2 * v[i]! + (1 - BETA2) * g[i]! ** 2;
          w[i]! -= (learningRate * (m[i]! / (1 - BETA1 ** step))) / (Math.sqrt(v[i]! / (1 - BETA2 ** step)) + EPSILON);
          if (average) average[i] = movingAverage * average[i]! + (1 - movingAverage) * w[i]!;
        }
      }
      state = { ...state, step };
      return loss;
    },
    infer: async (pixels, count) => logitsOf(state.average ?? state.weights, pixels, count),
    read: async () => structuredClone(state),
    write: async (next) => {
      state = structuredClone(next);
    },
    dispose: async () => {},
  };
}
