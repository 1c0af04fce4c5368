import { InputError } from "../domain/errors.ts";
import type { Weights } from "../model/weights.ts";

/** Ten times the loss of always answering one half. A network that learns stays far below it from its first step on. */
const EXPLODED_LOSS = 10 * Math.LN2;

/**
 * @param heaviest what a label counts at most (training.positiveWeights)
 * @throws InputError (`diverged`) where the loss is not finite or, smoothed, has exploded
 */
export function checkLoss(
  loss: number,
  smoothedLoss: number,
  { step, learningRate, heaviest }: { step: number; learningRate: number; heaviest: number },
): void {
  if (!Number.isFinite(loss)) throw diverged(`the loss is ${loss}`, step, learningRate);
  if (smoothedLoss > EXPLODED_LOSS * heaviest)
    throw diverged(`the loss has grown to ${smoothedLoss.toFixed(1)}`, step, learningRate);
}

/** @throws InputError (`diverged`) where a value is not finite, so that no checkpoint keeps it */
export function checkWeights(weights: Weights, step: number, learningRate: number): void {
  for (const [name, { data }] of weights) {
    for (const value of data) {
      if (!Number.isFinite(value)) throw diverged(`${name} holds ${value}`, step, learningRate);
    }
  }
}

const diverged = (what: string, step: number, learningRate: number): InputError =>
  new InputError(
    "diverged",
    `training diverged at step ${step}, learning rate ${learningRate}: ${what}; ` +
      "expected a finite loss near or below 0.7; lower training.learningRate or add training.warmupSteps",
  );
