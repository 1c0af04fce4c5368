import type { ModelConfig, TrainingConfig } from "../contracts/run-config.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import { writeGradients } from "../engine/gradients.ts";
import { Graph, type Operation, type Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import {
  applyAdam,
  assignAdd,
  assignCopy,
  assignSubtract,
  readVariable,
  type Variable,
  variable,
} from "../engine/graph/variables.ts";
import { type ForwardOptions, writeForward } from "./forward.ts";
import { writeMaskedCrossEntropy } from "./loss.ts";
import type { Network } from "./network.ts";
import { normalise } from "./normalisation.ts";
import { type ParameterVectors, vectorLength } from "./parameter-vectors.ts";
import type { Parameter } from "./parameters.ts";
import { writeRunningStatistics } from "./running-statistics.ts";

export interface TrainingGraphOptions {
  readonly model: ModelConfig;
  readonly network: Network;
  readonly vectors: ParameterVectors;
  /** Side of the square film in pixels. */
  readonly size: number;
  readonly adam: TrainingConfig["adam"];
  /** Decoupled (Loshchilov and Hutter 2019); of kernels only, as batch-norm and biases have no scale to lose. */
  readonly weightDecay: number;
  /** Decay of the moving average of all weights; 0 is off. */
  readonly movingAverage: number;
}

/** Variables of a session, by the names under which the signatures `write` and `read` have them. */
export const STATE = {
  step: "step",
  trained: "trained",
  rest: "rest",
  firstMoments: "first_moments",
  secondMoments: "second_moments",
  averageTrained: "average_trained",
  averageRest: "average_rest",
} as const;

type StateName = (typeof STATE)[keyof typeof STATE];

/**
 * Training as one graph, whose variables a session keeps. Signatures:
 * - `write`: every variable in; answers `done`
 * - `step`: `pixels` uint8 [batch, size, size], `targets` [batch, 14], `learning_rate` []; answers the `loss` before it
 * - `infer`: `pixels`; answers `logits` by running statistics, of the moving average where it is on
 * - `read`: every variable out
 */
export function writeTrainingGraph(options: TrainingGraphOptions): Graph {
  const { model, network, vectors, size } = options;
  const graph = new Graph();
  const state = makeState(graph, options);
  const pixels = op.placeholder(graph, "pixels", "uint8", [null, size, size]);
  const image = normalise(pixels, model.normalisation, model.channels);

  addStateSignatures(graph, state);

  const served = options.movingAverage > 0 ? state.averageTrained! : state.trained;
  const servedRest = options.movingAverage > 0 ? state.averageRest! : state.rest;
  const logits = graph.inScope("infer", () => {
    const parameter = byName(vectors, readVariable(served), readVariable(servedRest));
    return writeForward(network, image, { parameter }).activations.get(network.logits)!;
  });
  graph.addSignature("infer", { inputs: { pixels }, outputs: { logits } });

  const targets = op.placeholder(graph, "targets", "float32", [null, OBSERVATION_COUNT]);
  const learningRate = op.placeholder(graph, "learning_rate", "float32", []);
  const loss = graph.inScope("step", () => writeStep(options, state, { image, targets, learningRate }));
  graph.addSignature("step", { inputs: { pixels, targets, learning_rate: learningRate }, outputs: { loss } });
  return graph;
}

interface State {
  readonly step: Variable;
  readonly trained: Variable;
  readonly rest: Variable;
  readonly firstMoments: Variable;
  readonly secondMoments: Variable;
  readonly averageTrained?: Variable;
  readonly averageRest?: Variable;
}

function makeState(graph: Graph, { vectors, movingAverage }: TrainingGraphOptions): State {
  const trained = [vectorLength(vectors.trained)];
  const rest = [vectorLength(vectors.rest)];
  const make = (name: StateName, shape: readonly number[]) => variable(graph, name, shape);
  const averages = {
    averageTrained: () => make(STATE.averageTrained, trained),
    averageRest: () => make(STATE.averageRest, rest),
  };
  return {
    step: make(STATE.step, []),
    trained: make(STATE.trained, trained),
    rest: make(STATE.rest, rest),
    firstMoments: make(STATE.firstMoments, trained),
    secondMoments: make(STATE.secondMoments, trained),
    ...(movingAverage > 0 ? { averageTrained: averages.averageTrained(), averageRest: averages.averageRest() } : {}),
  };
}

function addStateSignatures(graph: Graph, state: State): void {
  const variables = Object.entries(state) as [keyof State, Variable][];
  const inputs: Record<string, Output> = {};
  const outputs: Record<string, Output> = {};
  const writes: Operation[] = [];
  for (const [key, one] of variables) {
    const name = STATE[key];
    inputs[name] = op.placeholder(graph, `write_${name}`, "float32", one.shape);
    writes.push(assignCopy(one, inputs[name]));
    outputs[name] = readVariable(one);
  }
  graph.addSignature("write", { inputs, outputs: { done: op.identity(op.constant(graph, 1), "done", writes) } });
  graph.addSignature("read", { inputs: {}, outputs });
}

interface StepInputs {
  readonly image: Output;
  readonly targets: Output;
  readonly learningRate: Output;
}

function writeStep(options: TrainingGraphOptions, state: State, { image, targets, learningRate }: StepInputs): Output {
  const { network, vectors, model } = options;
  const trained = readVariable(state.trained);
  const rest = readVariable(state.rest);
  const parameter = byName(vectors, trained, rest);
  const isFrozen = (layer: string) => model.trainable === "head" && network.backbone.has(layer);
  const { activations, batchNorms } = writeForward(network, image, {
    parameter,
    usesBatchStatistics: (layer) => !isFrozen(layer),
  });
  const logits = activations.get(network.logits)!;
  const { loss, gradient } = writeMaskedCrossEntropy(logits, targets);
  const [slope] = writeGradients({ of: logits, gradient }, [trained]);

  const decays = options.weightDecay > 0 ? [writeWeightDecay(options, state, parameter, learningRate)] : [];
  const step = readVariable(state.step);
  const updates = [writeAdam(options, state, { gradient: slope!, learningRate, step }, decays)];
  if (batchNorms.length > 0) updates.push(writeRunningStatistics(batchNorms, vectors.rest, state.rest, rest));
  if (options.movingAverage > 0) updates.push(...writeMovingAverage(options.movingAverage, state, step, updates));
  const counted = assignAdd(state.step, op.constant(image.operation.graph, 1), updates);
  return op.identity(loss, "loss", [counted]);
}

function writeAdam(
  { adam }: TrainingGraphOptions,
  state: State,
  { gradient, learningRate, step }: { readonly gradient: Output; readonly learningRate: Output; readonly step: Output },
  after: readonly Operation[],
): Operation {
  const { graph } = gradient.operation;
  const [one, beta1, beta2, epsilon] = [1, adam.beta1, adam.beta2, adam.epsilon].map((x) => op.constant(graph, x));
  const next = op.add(step, one!);
  return applyAdam(
    {
      weights: state.trained,
      firstMoments: state.firstMoments,
      secondMoments: state.secondMoments,
      beta1Power: op.power(beta1!, next),
      beta2Power: op.power(beta2!, next),
      learningRate,
      beta1: beta1!,
      beta2: beta2!,
      epsilon: epsilon!,
      gradient,
    },
    after,
  );
}

function writeWeightDecay(
  { vectors, weightDecay }: TrainingGraphOptions,
  state: State,
  parameter: ForwardOptions["parameter"],
  learningRate: Output,
): Operation {
  const { graph } = learningRate.operation;
  const decaying = vectors.trained.map(({ name, shape, size }) => {
    const value = op.reshape(parameter(name), [size]);
    return shape.length > 1 ? value : op.zerosLike(value);
  });
  const rate = op.multiply(learningRate, op.constant(graph, weightDecay));
  return assignSubtract(state.trained, op.multiply(rate, op.concat(decaying, 0)));
}

/**
 * Moves the average towards the weights by 1 - min(decay, (1 + step) / (10 + step)), so that the first steps do not
 * hang on to the random start (as TensorFlow's ExponentialMovingAverage with `num_updates`).
 */
function writeMovingAverage(decay: number, state: State, step: Output, after: readonly Operation[]): Operation[] {
  const { graph } = step.operation;
  const number = (value: number) => op.constant(graph, value);
  const early = op.divide(op.add(step, number(1)), op.add(step, number(10)));
  const rate = op.subtract(number(1), op.minimum(number(decay), early));
  const pairs = [
    [state.averageTrained!, state.trained],
    [state.averageRest!, state.rest],
  ] as const;
  return pairs.map(([average, now]) =>
    assignSubtract(average, op.multiply(rate, op.subtract(readVariable(average), readVariable(now, after)))),
  );
}

/** Weights by name, cut out of their two vectors. */
function byName(vectors: ParameterVectors, trained: Output, rest: Output): ForwardOptions["parameter"] {
  const cut = (parameters: readonly Parameter[], vector: Output) => {
    const pieces = op.split(
      vector,
      parameters.map(({ size }) => size),
      0,
    );
    return parameters.map(({ name, shape }, i) => [name, op.reshape(pieces[i]!, shape)] as const);
  };
  const values = new Map([...cut(vectors.trained, trained), ...cut(vectors.rest, rest)]);
  return (name) => values.get(name)!;
}
