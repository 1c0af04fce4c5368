import type { ModelConfig, Precision, TrainingConfig } from "../contracts/run-config.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import { writeGradients } from "../engine/gradients.ts";
import { Graph, type Output } from "../engine/graph/graph.ts";
import * as op from "../engine/graph/operations.ts";
import { assignAdd, readVariable } from "../engine/graph/variables.ts";
import { type ForwardOptions, writeForward } from "./forward.ts";
import { type PositiveWeights, writeMaskedCrossEntropy } from "./loss.ts";
import type { Network } from "./network.ts";
import { writeAdam, writeMovingAverage, writeWeightDecay } from "./optimiser.ts";
import type { ParameterVectors } from "./parameter-vectors.ts";
import type { Parameter } from "./parameters.ts";
import { writeRunningStatistics } from "./running-statistics.ts";
import { type StateVariables, writeState } from "./training-state.ts";

export interface TrainingInput {
  readonly fed: Output;
  /** The network's first value. */
  readonly image: Output;
  /** What a step shows it instead, and what else is fed for that, by name. */
  readonly augmented?: { readonly image: Output; readonly inputs: Readonly<Record<string, Output>> } | undefined;
}

export interface TrainingGraphOptions {
  readonly network: Network;
  readonly vectors: ParameterVectors;
  readonly trainable: ModelConfig["trainable"];
  readonly input: (graph: Graph) => TrainingInput;
  readonly adam: TrainingConfig["adam"];
  readonly weightDecay: number;
  /** Of a step's network; `infer` computes in float32, as serving does. */
  readonly precision?: Precision;
  readonly positiveWeights?: PositiveWeights;
  /** Decay of the moving average of all weights; 0 is off. */
  readonly movingAverage: number;
}

/**
 * Training as one graph, whose variables a session keeps. Signatures:
 * - `write`: every variable in; answers `done`
 * - `step`: `input` [batch, ...], `targets` [batch, 14], `learning_rate` [], and what augmentation asks for; answers the
 *   `loss` before it
 * - `infer`: `input`; answers `logits` by running statistics, of the moving average where it is on
 * - `read`: every variable out
 */
export function writeTrainingGraph(options: TrainingGraphOptions): Graph {
  const { network, vectors } = options;
  const graph = new Graph();
  const state = writeState(graph, vectors, options.movingAverage > 0);
  const { fed, image, augmented = { image, inputs: {} } } = options.input(graph);

  const logits = graph.inScope("infer", () => {
    const { trained, rest } = state.average ?? state.weights;
    const parameter = byName(vectors, readVariable(trained), readVariable(rest));
    return writeForward(network, image, { parameter }).activations.get(network.logits)!;
  });
  graph.addSignature("infer", { inputs: { input: fed }, outputs: { logits } });

  const targets = op.placeholder(graph, "targets", "float32", [null, OBSERVATION_COUNT]);
  const learningRate = op.placeholder(graph, "learning_rate", "float32", []);
  const loss = graph.inScope("step", () =>
    writeStep(options, state, { image: augmented.image, targets, learningRate }),
  );
  const inputs = { ...augmented.inputs, input: fed, targets, learning_rate: learningRate };
  graph.addSignature("step", { inputs, outputs: { loss } });
  return graph;
}

interface StepInputs {
  readonly image: Output;
  readonly targets: Output;
  readonly learningRate: Output;
}

/** @returns the loss, once every variable is updated */
function writeStep(options: TrainingGraphOptions, state: StateVariables, inputs: StepInputs): Output {
  const { network, vectors, trainable, adam, weightDecay, movingAverage } = options;
  const { image, targets, learningRate } = inputs;
  const [step, trained, rest] = [state.step, state.weights.trained, state.weights.rest].map((one) => readVariable(one));
  const parameter = byName(vectors, trained!, rest!);
  const isFrozen = (layer: string) => trainable === "head" && network.backbone.has(layer);
  const { activations, batchNorms } = writeForward(network, image, {
    parameter,
    usesBatchStatistics: (layer) => !isFrozen(layer),
    precision: options.precision ?? "float32",
  });
  const logits = activations.get(network.logits)!;
  const { loss, gradient: slope } = writeMaskedCrossEntropy(logits, targets, options.positiveWeights);
  const [gradient] = writeGradients({ of: logits, gradient: slope }, [trained!]);

  const decays =
    weightDecay > 0 ? [writeWeightDecay(weightDecay, state, vectors.trained, { parameter, learningRate })] : [];
  const updates = [writeAdam(adam, state, { gradient: gradient!, learningRate, step: step! }, decays)];
  if (batchNorms.length > 0) {
    updates.push(writeRunningStatistics(batchNorms, vectors.rest, state.weights.rest, rest!));
  }
  if (state.average !== null) {
    updates.push(...writeMovingAverage(movingAverage, state.average, state.weights, step!, updates));
  }
  const counted = assignAdd(state.step, op.constant(image.operation.graph, 1), updates);
  return op.identity(loss, "loss", [counted]);
}

/** Weights by name, cut out of their two vectors. */
function byName(vectors: ParameterVectors, trained: Output, rest: Output): ForwardOptions["parameter"] {
  const cut = (parameters: readonly Parameter[], vector: Output) => {
    // A network without batch-norm that is trained whole has no rest; nothing cannot be cut.
    if (parameters.length === 0) return [];
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
