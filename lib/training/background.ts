import type { RoomsEnvironment } from "../contracts/environment.ts";
import type { Batch } from "../model/session.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import { startThread } from "../parallel/start-thread.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { FilmSource } from "./film-source.ts";
import { threadCalls } from "./thread-calls.ts";

export interface BackgroundOptions {
  readonly environment: RoomsEnvironment;
  readonly run: string;
  readonly member: number;
}

/** What the thread is asked for. */
export type BackgroundCalls = {
  open(): Promise<{ size: number; plan: Uint32Array; tuning: Uint32Array }>;
  batch(positions: Uint32Array): Promise<Batch>;
  targets(): Promise<Float32Array>;
  identity(positions: Uint32Array): Promise<string>;
  load(): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
  close(): Promise<void>;
};

/** A run's films and a member's checkpoints, in a thread of their own. */
export interface Background {
  readonly films: FilmSource;
  readonly checkpoints: CheckpointStore;
  /** Side of a film in pixels. */
  readonly size: number;
  /** Positions of an epoch. */
  readonly plan: Uint32Array;
  readonly tuning: Uint32Array;
  /** Targets of all films, by position: positions x 14. */
  targets(): Promise<Float32Array>;
  /** See lib/training/film-identity.ts. */
  identity(positions: Uint32Array): Promise<string>;
  close(): Promise<void>;
}

const threadModule = moduleBeside("./background-thread.ts", import.meta.url);

/**
 * Opens both in a second thread. A training step blocks its thread until the device has answered; meanwhile this one
 * reads the next batch, and encodes, hashes and uploads checkpoints.
 */
export async function openBackground(options: BackgroundOptions): Promise<Background> {
  const worker = startThread(threadModule, { workerData: options });
  const call = threadCalls<BackgroundCalls>(worker);
  try {
    const { size, plan, tuning } = await call("open");
    return {
      size,
      plan,
      tuning,
      films: { batch: (positions) => call("batch", positions) },
      targets: () => call("targets"),
      identity: (positions) => call("identity", positions),
      checkpoints: { load: () => call("load"), save: (checkpoint) => call("save", checkpoint) },
      async close() {
        await call("close");
        await worker.terminate();
      },
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}
