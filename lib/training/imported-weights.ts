import { createHash } from "node:crypto";
import { basename } from "node:path";
import { ImportedWeights } from "../contracts/imported-weights.ts";
import { modelKeys } from "../contracts/layout.ts";
import type { ModelConfig, NetworkName } from "../contracts/run-config.ts";
import { findWeights } from "../data/imported-weights.ts";
import { InputError, TemporaryError } from "../domain/errors.ts";
import { toOneChannel } from "../model/keras/adapt.ts";
import { fromKeras } from "../model/keras/from-keras.ts";
import { IMAGENET_FILES } from "../model/keras/imagenet-files.ts";
import { buildNetwork } from "../model/networks.ts";
import type { Weights } from "../model/weights.ts";
import { writeDocument } from "../store/documents.ts";
import { readWholeFile } from "../store/open-file.ts";
import type { Store } from "../store/store.ts";
import { decodeWeights, encodeWeights } from "./weights-file.ts";

/**
 * Brings a file of Keras's into a store, where runs find it by its SHA-256 and, where it is the one that Keras
 * publishes, as `imagenet`.
 * @param models the room `models`
 * @throws InputError `weights-file` naming the layer that is wrong
 */
export async function importWeights(
  models: Store,
  { file, network, source = basename(file) }: { file: string; network: NetworkName; source?: string },
): Promise<ImportedWeights> {
  // Here alone: the library for HDF5 takes a second to load, and every training has this module.
  const { readKerasFile } = await import("../model/keras/h5-file.ts");
  const original = await readWholeFile(file).catch((cause) => {
    throw new InputError("weights-file", `${file}: can't be read, expected a file that Keras wrote`, { cause });
  });
  const { weights, channels, headWidth } = fromKeras(await readKerasFile(file), network, file);
  const sha256 = hashOf("sha256", original);
  const md5 = hashOf("md5", original);
  const bytes = encodeWeights(weights, { network, sha256, format: "hilum.weights/1" });
  const keys = modelKeys.weights(sha256);
  await models.put(keys.file, bytes);
  const imported: ImportedWeights = {
    schema: "hilum.imported-weights/1",
    sha256,
    md5,
    source,
    imagenet: IMAGENET_FILES[network]?.md5 === md5,
    network,
    channels,
    headWidth,
    importedAt: new Date().toISOString(),
    file: { key: keys.file, bytes: bytes.length, sha256: hashOf("sha256", bytes) },
  };
  // Last, so that a record stands for whole weights.
  await writeDocument(models, keys.record, ImportedWeights, imported);
  if (imported.imagenet) await writeDocument(models, modelKeys.imagenet(network), ImportedWeights, imported);
  return imported;
}

/** Weights to start from by name, and the SHA-256 of the file that they came from. */
export interface StartingWeights {
  readonly sha256: string;
  readonly weights: Weights;
}

/**
 * What a configuration starts from; undefined where it starts from none.
 * @throws InputError as findWeights; TemporaryError `weights-copy` where the copy came out wrong
 */
export async function loadStartingWeights(models: Store, model: ModelConfig): Promise<StartingWeights | undefined> {
  const found = await findWeights(models, model);
  if (found === undefined) return undefined;
  const where = `${models.uri}/${found.file.key}`;
  const bytes = await models.get(found.file.key);
  if (hashOf("sha256", bytes) !== found.file.sha256) {
    throw new TemporaryError("weights-copy", `${where}: its hash is wrong, expected ${found.file.sha256}`);
  }
  const { weights } = decodeWeights(bytes, where);
  return { sha256: found.sha256, weights: model.channels === 1 ? toOneChannel(buildNetwork(model), weights) : weights };
}

const hashOf = (algorithm: "sha256" | "md5", bytes: Uint8Array): string =>
  createHash(algorithm).update(bytes).digest("hex");
