import type { ModelConfig, Precision, TrainingConfig } from "../contracts/run-config.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import * as op from "../engine/graph/operations.ts";
import { type Feed, openGraph, type Session } from "../engine/session.ts";
import { augmentationInputs, writeAugmentation } from "./augmentation.ts";
import { initialWeights } from "./initial-weights.ts";
import type { PositiveWeights } from "./loss.ts";
import type { Network } from "./network.ts";
import { buildHead, buildNetwork, featureChannels } from "./networks.ts";
import { normalise } from "./normalisation.ts";
import { type ParameterVectors, pack, parameterVectors, unpack } from "./parameter-vectors.ts";
import type { Parameter } from "./parameters.ts";
import type { Augmentation, Input, TrainingSession, TrainingState } from "./session.ts";
import { type TrainingGraphOptions, writeTrainingGraph } from "./training-graph.ts";
import { STATE } from "./training-state.ts";
import type { Weights } from "./weights.ts";

interface SessionOptions {
  readonly adam: TrainingConfig["adam"];
  readonly weightDecay: number;
  readonly movingAverage: number;
  readonly positiveWeights?: PositiveWeights;
  readonly precision?: Precision;
  /** Of the initial weights. */
  readonly seed: number;
  /** Weights that it starts from, by name; where one is missing the seed decides. */
  readonly start?: Weights | undefined;
}

export interface TrainingSessionOptions extends SessionOptions {
  readonly model: Omit<ModelConfig, "weights">;
  /** Side of the square film in pixels. */
  readonly size: number;
  /** Whether a step changes its films as their batch says; else it sees them as they are. */
  readonly augments?: boolean;
}

export interface HeadSessionOptions extends SessionOptions {
  readonly model: Pick<ModelConfig, "network" | "channels" | "headWidth">;
}

/**
 * A training session over one graph in TensorFlow, at its initial weights. Calls block their thread, so a process that
 * must answer something else keeps the session in a process or worker of its own. `infer` uses the moving average of
 * the weights where it is on, as serving will.
 */
export async function createTrainingSession(options: TrainingSessionOptions): Promise<TrainingSession> {
  const { model, size, augments = false } = options;
  const input: TrainingGraphOptions["input"] = (graph) => {
    const fed = op.placeholder(graph, "pixels", "uint8", [null, size, size]);
    const asked = augments ? augmentationInputs(graph) : undefined;
    return {
      fed,
      image: normalise(fed, model),
      augmented: asked && { image: normalise(writeAugmentation(fed, asked), model), inputs: { ...asked } },
    };
  };
  return openSession(buildNetwork(model), { ...options, input, trainable: model.trainable, shape: [size, size] });
}

/**
 * The same over the head alone, which is fed pooled features of a frozen backbone (lib/model/feature-graph.ts): it
 * learns what the whole network with a frozen backbone would. Its state holds the head's weights.
 */
export async function createHeadSession(options: HeadSessionOptions): Promise<TrainingSession> {
  const channels = featureChannels(options.model);
  const input: TrainingGraphOptions["input"] = (graph) => {
    const fed = op.placeholder(graph, "features", "float32", [null, channels]);
    return { fed, image: fed };
  };
  const head = { ...options, precision: "float32", trainable: "head" } as const;
  return openSession(buildHead(options.model), { ...head, input, shape: [channels] });
}

interface OpenOptions extends SessionOptions, Pick<TrainingGraphOptions, "input" | "trainable"> {
  /** Of one film's input. */
  readonly shape: readonly number[];
}

function openSession(network: Network, options: OpenOptions): TrainingSession {
  const vectors = parameterVectors(network, options.trainable);
  const session = openGraph(writeTrainingGraph({ ...options, network, vectors }));
  try {
    const weights = new Map([...initialWeights(network, options.seed), ...(options.start ?? [])]);
    loadState(session, vectors, options, startOf(vectors, weights));
  } catch (error) {
    session.close();
    throw error;
  }
  const films = (input: Input, count: number): Feed => ({ shape: [count, ...options.shape], values: input });

  return {
    async step(batch, learningRate) {
      const { loss } = session.run("step", {
        input: films(batch.input, batch.count),
        targets: { shape: [batch.count, OBSERVATION_COUNT], values: batch.targets },
        learning_rate: { shape: [], values: Float32Array.of(learningRate) },
        ...(batch.augmentation && augmentationFeeds(batch.augmentation, batch.count)),
      });
      return loss!.values[0]!;
    },
    async infer(input, count) {
      return session.run("infer", { input: films(input, count) }).logits!.values;
    },
    async read() {
      return readState(session, vectors);
    },
    async write(state) {
      loadState(session, vectors, options, state);
    },
    async dispose() {
      session.close();
    },
  };
}

const augmentationFeeds = ({ transforms, contrasts }: Augmentation, count: number): Record<string, Feed> => ({
  transforms: { shape: [count, transforms.length / count], values: transforms },
  contrasts: { shape: [count], values: contrasts },
});

function startOf(vectors: ParameterVectors, weights: Weights): TrainingState {
  const zeros = unpack(vectors.trained, new Float32Array(pack(vectors.trained, weights).length));
  return { step: 0, weights, firstMoments: zeros, secondMoments: zeros, average: null };
}

function readState(session: Session, { trained, rest }: ParameterVectors): TrainingState {
  const answer = session.run("read", {});
  const vector = (name: string) => answer[name]!.values;
  const whole = (first: string, second: string): Weights =>
    new Map([...unpack(trained, vector(first)), ...unpack(rest, vector(second))]);
  return {
    step: vector(STATE.step)[0]!,
    weights: whole(STATE.trained, STATE.rest),
    firstMoments: unpack(trained, vector(STATE.firstMoments)),
    secondMoments: unpack(trained, vector(STATE.secondMoments)),
    average: answer[STATE.averageTrained] === undefined ? null : whole(STATE.averageTrained, STATE.averageRest),
  };
}

/** A state without an average starts it at the weights. */
function loadState(
  session: Session,
  { trained, rest }: ParameterVectors,
  { movingAverage }: Pick<SessionOptions, "movingAverage">,
  state: TrainingState,
): void {
  const feed = (parameters: readonly Parameter[], weights: Weights): Feed => {
    const values = pack(parameters, weights);
    return { shape: [values.length], values };
  };
  const average = state.average ?? state.weights;
  session.run("write", {
    [STATE.step]: { shape: [], values: Float32Array.of(state.step) },
    [STATE.trained]: feed(trained, state.weights),
    [STATE.rest]: feed(rest, state.weights),
    [STATE.firstMoments]: feed(trained, state.firstMoments),
    [STATE.secondMoments]: feed(trained, state.secondMoments),
    ...(movingAverage > 0
      ? { [STATE.averageTrained]: feed(trained, average), [STATE.averageRest]: feed(rest, average) }
      : {}),
  });
}
