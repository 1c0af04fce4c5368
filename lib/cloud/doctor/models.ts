import { bad, doubtful, good } from "../../contracts/finding.ts";
import { ImportedWeights } from "../../contracts/imported-weights.ts";
import { modelKeys } from "../../contracts/layout.ts";
import { Channels } from "../../contracts/model-version.ts";
import { findDocument } from "../../store/documents.ts";
import { openStore } from "../../store/open.ts";
import type { Store } from "../../store/store.ts";
import type { Check, Looked } from "./looked.ts";

const modelsOf = ({ stacks }: Looked): Store => openStore(`s3://${stacks.data!.outputs.ModelsBucket}`);

/** The weights that training starts from. */
export const weightsCheck: Check = async (looked) => {
  const { network, weights } = looked.config.model;
  const { from } = weights;
  if (from === "none") return good(`${looked.config.name} starts from none`);
  const models = modelsOf(looked);
  const key = from === "imagenet" ? modelKeys.imagenet(network) : modelKeys.weights(from).record;
  const found = await findDocument(models, key, ImportedWeights);
  const info = found && (await models.head(found.file.key));
  if (found !== undefined && info?.size === found.file.bytes) return good(`${from}, ${network}`);
  const file = from === "imagenet" ? "" : "FILE.h5 ";
  return bad(
    `no ${from} of ${network}`,
    `bin/hilum import-weights ${file}--backbone ${network} --stage ${looked.stage}`,
  );
};

/** The model that the API answers with. */
export const channelCheck: Check = async (looked) => {
  const channels = await findDocument(modelsOf(looked), modelKeys.channels, Channels);
  if (channels?.production) return good(`${channels.production} in production`);
  const found = channels?.candidate ? `candidate ${channels.candidate} alone` : "no model yet";
  const mend = channels?.candidate
    ? `bin/hilum models promote candidate --stage ${looked.stage}`
    : `bin/hilum run --stage ${looked.stage} --data s3://${looked.stacks.data!.outputs.IncomingBucket}/DATA-SET --config ${looked.config.name}`;
  return doubtful(found, mend);
};
