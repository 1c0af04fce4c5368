import type { ModelConfig, TrainingConfig } from "../contracts/run-config.ts";
import { OBSERVATION_COUNT } from "../domain/observations.ts";
import { type Feed, openGraph, type Session } from "../engine/session.ts";
import { initialWeights } from "./initial-weights.ts";
import { buildNetwork } from "./networks.ts";
import { type ParameterVectors, pack, parameterVectors, unpack } from "./parameter-vectors.ts";
import type { Parameter } from "./parameters.ts";
import type { TrainingSession, TrainingState } from "./session.ts";
import { writeTrainingGraph } from "./training-graph.ts";
import { STATE } from "./training-state.ts";
import type { Weights } from "./weights.ts";

export interface TrainingSessionOptions {
  readonly model: Omit<ModelConfig, "weights">;
  /** Side of the square film in pixels. */
  readonly size: number;
  readonly adam: TrainingConfig["adam"];
  readonly weightDecay: number;
  readonly movingAverage: number;
  /** Of the initial weights. */
  readonly seed: number;
  /** Weights that it starts from, by name; where one is missing the seed decides. */
  readonly start?: Weights | undefined;
}

/**
 * A training session over one graph in TensorFlow, at its initial weights. Calls block their thread, so a process that
 * must answer something else keeps the session in a process or worker of its own. `infer` uses the moving average of
 * the weights where it is on, as serving will.
 */
export async function createTrainingSession(options: TrainingSessionOptions): Promise<TrainingSession> {
  const network = buildNetwork(options.model);
  const vectors = parameterVectors(network, options.model.trainable);
  const session = openGraph(writeTrainingGraph({ ...options, network, vectors }));
  try {
    loadState(
      session,
      vectors,
      options,
      startOf(vectors, new Map([...initialWeights(network, options.seed), ...(options.start ?? [])])),
    );
  } catch (error) {
    session.close();
    throw error;
  }
  const films = (pixels: Uint8Array, count: number): Feed => ({
    shape: [count, options.size, options.size],
    values: pixels,
  });

  return {
    async step(batch, learningRate) {
      const { loss } = session.run("step", {
        pixels: films(batch.pixels, batch.count),
        targets: { shape: [batch.count, OBSERVATION_COUNT], values: batch.targets },
        learning_rate: { shape: [], values: Float32Array.of(learningRate) },
      });
      return loss!.values[0]!;
    },
    async infer(pixels, count) {
      return session.run("infer", { pixels: films(pixels, count) }).logits!.values;
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
  { movingAverage }: Pick<TrainingSessionOptions, "movingAverage">,
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
