import { Evaluation } from "../../lib/contracts/evaluation.ts";
import { runKeys } from "../../lib/contracts/layout.ts";
import type { VersionId } from "../../lib/contracts/model-version.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import type { Contender } from "../../lib/domain/promotion.ts";
import { loadVersion } from "../../lib/registry/versions.ts";
import { findDocument } from "../../lib/store/documents.ts";
import type { Rooms } from "../../lib/store/open.ts";
import { heldOutRows } from "./held-out-rows.ts";

/**
 * What is known of a version: the evaluation and predictions of its run, or, where that run is gone or evaluated
 * another version, its manifest alone.
 */
export async function contender({ runs, models }: Rooms, version: VersionId): Promise<Contender> {
  const manifest = await loadVersion(models, version);
  const keys = runKeys(manifest.trainedOn.run);
  const evaluation = await findDocument(runs, keys.evaluation, Evaluation);
  if (evaluation?.model !== version) return { version, meanAuroc: manifest.meanAuroc, auroc: {}, heldOut: null };
  const hasPredictions = (await runs.head(keys.predictions)) !== undefined;
  return {
    version,
    meanAuroc: evaluation.meanAuroc,
    auroc: Object.fromEntries(OBSERVATIONS.map((name) => [name, evaluation.perObservation[name].auroc])),
    heldOut: hasPredictions ? heldOutRows(await runs.get(keys.predictions), `${runs.uri}/${keys.predictions}`) : null,
  };
}
