import type { ModelVersion } from "../contracts/model-version.ts";
import type { Vitals } from "../imaging/reader/reader-calls.ts";
import type { Prediction } from "./prediction.ts";
import type { Strangeness } from "./strangeness.ts";

/** A film's pixels as the network takes them: size x size grey values. */
export interface Square {
  readonly pixels: Uint8Array;
  /** Whether to make the heat maps, too. */
  readonly maps: boolean;
}

export interface Predicted extends Strangeness {
  readonly prediction: Prediction;
}

/** What the process that holds the model is asked, and what it answers. */
export interface ModelCalls {
  readonly load: { ask: { versionFolder: string; version: ModelVersion }; answer: null };
  readonly predict: { ask: Square; answer: Predicted };
  readonly vitals: { ask: null; answer: Vitals };
}
