import type { TrainingConfig } from "../contracts/run-config.ts";
import type { Operation, Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import { applyAdam, assignSubtract, readVariable } from "../engine/graph/variables.ts";
import type { Parameter } from "./parameters.ts";
import type { StateVariables, WeightVariables } from "./training-state.ts";

export interface AdamStep {
  /** Over the vector of trained weights. */
  readonly gradient: Output;
  readonly learningRate: Output;
  /** Steps done before this one. */
  readonly step: Output;
}

export function writeAdam(
  { beta1, beta2, epsilon }: TrainingConfig["adam"],
  { weights, firstMoments, secondMoments }: StateVariables,
  { gradient, learningRate, step }: AdamStep,
  after: readonly Operation[],
): Operation {
  const number = (value: number) => op.constant(gradient.operation.graph, value);
  const next = op.add(step, number(1));
  return applyAdam(
    {
      weights: weights.trained,
      firstMoments,
      secondMoments,
      beta1Power: op.power(number(beta1), next),
      beta2Power: op.power(number(beta2), next),
      learningRate,
      beta1: number(beta1),
      beta2: number(beta2),
      epsilon: number(epsilon),
      gradient,
    },
    after,
  );
}

/**
 * Decoupled weight decay (Loshchilov and Hutter 2019): kernels lose `learning rate x decay` of themselves; batch-norm's
 * scales and shifts, and biases, keep their size.
 */
export function writeWeightDecay(
  decay: number,
  { weights }: StateVariables,
  trained: readonly Parameter[],
  { parameter, learningRate }: { readonly parameter: (name: string) => Output; readonly learningRate: Output },
): Operation {
  const decaying = trained.map(({ name, shape, size }) => {
    const value = op.reshape(parameter(name), [size]);
    return shape.length > 1 ? value : op.zerosLike(value);
  });
  const rate = op.multiply(learningRate, op.constant(learningRate.operation.graph, decay));
  return assignSubtract(weights.trained, op.multiply(rate, op.concat(decaying, 0)));
}

/**
 * Moves the average towards the weights by 1 - min(decay, (1 + step) / (10 + step)), so that the first steps do not
 * hang on to the random start (as TensorFlow's ExponentialMovingAverage with `num_updates`).
 * @param after what changes the weights in this step
 */
export function writeMovingAverage(
  decay: number,
  average: WeightVariables,
  weights: WeightVariables,
  step: Output,
  after: readonly Operation[],
): Operation[] {
  const number = (value: number) => op.constant(step.operation.graph, value);
  const early = op.divide(op.add(step, number(1)), op.add(step, number(10)));
  const rate = op.subtract(number(1), op.minimum(number(decay), early));
  return (["trained", "rest"] as const).map((vector) => {
    const distance = op.subtract(readVariable(average[vector]), readVariable(weights[vector], after));
    return assignSubtract(average[vector], op.multiply(rate, distance));
  });
}
