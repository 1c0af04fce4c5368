import { ImportedWeights } from "../contracts/imported-weights.ts";
import { modelKeys } from "../contracts/layout.ts";
import type { ModelConfig } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import { findDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";

/**
 * The weights that a configuration starts from; undefined where it starts from none.
 * @param models the room `models`
 * @throws InputError `no-weights` where they are not there, `weights` where they are of another network or head
 */
export async function findWeights(models: Store, model: ModelConfig): Promise<ImportedWeights | undefined> {
  const { from } = model.weights;
  if (from === "none") return undefined;
  const key = from === "imagenet" ? modelKeys.imagenet(model.network) : modelKeys.weights(from).record;
  const found = await findDocument(models, key, ImportedWeights);
  const info = found && (await models.head(found.file.key));
  if (found === undefined || info?.size !== found.file.bytes) {
    const what = from === "imagenet" ? `ImageNet weights of ${model.network}` : `weights ${from}`;
    const file = from === "imagenet" ? "" : "FILE.h5 ";
    const mend = `bin/hilum import-weights ${file}--backbone ${model.network} --store STORE`;
    throw new InputError("no-weights", `${models.uri}: model.weights: no ${what} there, expected them after ${mend}`);
  }
  const fault = (what: string) => new InputError("weights", `${models.uri}: model.weights: ${from} ${what}`);
  if (found.network !== model.network) throw fault(`are of ${found.network}, expected ${model.network}`);
  if (found.channels < model.channels) throw fault("have 1 channel, expected 3 as in model.channels");
  if (found.headWidth !== null && found.headWidth !== model.headWidth) {
    throw fault(`have a head of width ${found.headWidth}, expected ${model.headWidth} as in model.headWidth`);
  }
  return found;
}
