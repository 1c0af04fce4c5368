import { runKeys } from "../../../lib/contracts/layout.ts";
import { TrainingConfig } from "../../../lib/contracts/run-config.ts";
import type { TrainingSession } from "../../../lib/model/session.ts";
import { createReporter } from "../../../lib/steps/progress.ts";
import { MemoryStore } from "../../../lib/store/memory.ts";
import type { Store } from "../../../lib/store/store.ts";
import { openCheckpoints } from "../../../lib/training/checkpoint-store.ts";
import { filmSource } from "../../../lib/training/film-source.ts";
import type { TrainingOptions } from "../../../lib/training/loop.ts";
import { noisyFilms } from "./films.ts";
import { logisticSession } from "./logistic-session.ts";

export const memberKeys = runKeys("a-run").member(0);

export interface SetupOptions {
  readonly config?: Partial<TrainingConfig>;
  readonly store?: Store;
  readonly session?: TrainingSession;
  readonly signal?: AbortSignal;
  readonly films?: ReturnType<typeof noisyFilms>;
  readonly tuning?: Uint32Array;
}

let stores = 0;
export const memoryStore = (): MemoryStore => {
  stores += 1;
  return new MemoryStore(`memory://training-${stores}`);
};

/** A small training: 60 films, 45 of them in a plan that visits five of them twice, 15 for tuning. */
export function setUp(options: SetupOptions = {}): TrainingOptions {
  const films = options.films ?? noisyFilms();
  const training = Array.from({ length: 45 }, (_, position) => position);
  const config = TrainingConfig.parse({ epochs: 3, batchSize: 8, learningRate: 0.05, ...options.config });
  const { movingAverage } = config;
  return {
    session: options.session ?? logisticSession({ area: films.size ** 2, movingAverage }),
    films: filmSource(films),
    size: films.size,
    plan: Uint32Array.from([...training, 0, 1, 2, 3, 4]),
    tuning: options.tuning ?? Uint32Array.from({ length: 15 }, (_, n) => 45 + n),
    config,
    seed: 7,
    checkpoints: openCheckpoints(options.store ?? memoryStore(), memberKeys),
    signal: options.signal ?? new AbortController().signal,
    reporter: createReporter("train", { emit: () => {} }),
  };
}

/** A session that calls `before` ahead of each of its steps, counted from 1 since it was made. */
export function watched(session: TrainingSession, before: (step: number) => void): TrainingSession {
  let step = 0;
  return {
    ...session,
    step: (batch, learningRate) => {
      step += 1;
      before(step);
      return session.step(batch, learningRate);
    },
  };
}
