import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Refusal, Warning } from "../contracts/api.ts";
import { filmWarning } from "../contracts/codes.ts";
import { VERSION_FILES } from "../contracts/layout.ts";
import type { ModelVersion } from "../contracts/model-version.ts";
import { InputError } from "../domain/errors.ts";
import { novelty } from "../domain/feature-space.ts";
import { decodeFeatureSpace } from "../registry/feature-space-file.ts";

/** Code of the warning, and of the refusal where that is asked for. */
export const OUT_OF_DISTRIBUTION = "out-of-distribution" satisfies Refusal;

/** Whether a film is unlike those that a model learned from, null where that can't be told, and what to say of it. */
export interface Strangeness {
  readonly outOfDistribution: boolean | null;
  readonly warnings: readonly Warning[];
}

const UNTOLD: Strangeness = { outOfDistribution: null, warnings: [] };
const USUAL: Strangeness = { outOfDistribution: false, warnings: [] };

/**
 * Tells films whose features lie further from the training films' than almost all of the tuning patients'. Versions that
 * never had this measured can't tell.
 * @param channels length of a film's features
 * @param read a file of the version
 * @throws InputError `safetensors`, `feature-space`
 */
export async function openStrangeness(
  versionFolder: string,
  { outOfDistribution }: Pick<ModelVersion, "outOfDistribution">,
  channels: number,
  read: (path: string) => Promise<Uint8Array> = (path) => readFile(join(versionFolder, path)),
): Promise<(features: ArrayLike<number>) => Strangeness> {
  if (outOfDistribution === null) return () => UNTOLD;
  const path = join(versionFolder, VERSION_FILES.featureSpace);
  const bytes = await read(VERSION_FILES.featureSpace).catch((cause) => {
    if (cause instanceof InputError) throw cause;
    throw new InputError("feature-space", `${path}: can't be read, expected as the manifest has a threshold`, {
      cause,
    });
  });
  const space = decodeFeatureSpace(bytes, path);
  if (space.mean.length !== channels) {
    throw new InputError("feature-space", `${path}: ${space.mean.length} features, expected the graph's ${channels}`);
  }
  const { threshold } = outOfDistribution;
  return (features) => {
    const distance = novelty(space, features);
    if (distance <= threshold) return USUAL;
    const far = `distance ${distance.toFixed(1)}, almost all of theirs up to ${threshold.toFixed(1)}`;
    const message = `the film is unlike those that the model learned from (${far}); no decision is given`;
    return { outOfDistribution: true, warnings: [filmWarning(OUT_OF_DISTRIBUTION, message)] };
  };
}

const NO_DRAWING: Strangeness = {
  outOfDistribution: true,
  warnings: [
    filmWarning(
      OUT_OF_DISTRIBUTION,
      "the model learned from drawings alone, and this film is none of them; no decision is given",
    ),
  ],
};

/**
 * A model of drawings has no say on any other film, however alike its features: among 872 real films, two lay as near as
 * its own.
 */
export const unlessDrawn = (
  told: Strangeness,
  { ofDrawingsAlone, drawn }: { readonly ofDrawingsAlone: boolean; readonly drawn: boolean },
): Strangeness => (ofDrawingsAlone && !drawn ? NO_DRAWING : told);
