import type { RoomsEnvironment } from "../contracts/environment.ts";
import type { Batch } from "../model/session.ts";
import { startCallThread } from "../parallel/call-thread.ts";
import { moduleBeside } from "../parallel/program-modules.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import type { FilmSource } from "./film-source.ts";

export interface BackgroundOptions {
  readonly environment: RoomsEnvironment;
  readonly run: string;
  readonly member: number;
}

/** What the thread is asked for. */
export interface BackgroundCalls {
  readonly open: { ask: null; answer: { size: number; plan: Uint32Array; tuning: Uint32Array } };
  readonly batch: { ask: Uint32Array; answer: Batch };
  readonly targets: { ask: null; answer: Float32Array };
  readonly identity: { ask: Uint32Array; answer: string };
  readonly load: { ask: null; answer: Checkpoint | undefined };
  readonly save: { ask: Checkpoint; answer: null };
  readonly close: { ask: null; answer: null };
}

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
  const { call, stop } = startCallThread<BackgroundCalls>(threadModule, options);
  try {
    const { size, plan, tuning } = await call("open", null);
    return {
      size,
      plan,
      tuning,
      films: { batch: (positions) => call("batch", positions) },
      targets: () => call("targets", null),
      identity: (positions) => call("identity", positions),
      checkpoints: {
        load: () => call("load", null),
        save: async (checkpoint) => void (await call("save", checkpoint)),
      },
      async close() {
        await call("close", null);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
