import { Evaluation, RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { modelKeys, runKeys } from "../../lib/contracts/layout.ts";
import type { VersionId } from "../../lib/contracts/model-version.ts";
import { TestSet } from "../../lib/contracts/test-set.ts";
import type { HeldOutRows } from "../../lib/domain/held-out-rows.ts";
import { meanDefined } from "../../lib/domain/metrics/mean.ts";
import { observationsWith } from "../../lib/domain/observation-status.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import type { Contender } from "../../lib/domain/promotion.ts";
import { type Judged, observationStatuses } from "../../lib/registry/observation-statuses.ts";
import { loadVersion } from "../../lib/registry/versions.ts";
import { findDocument } from "../../lib/store/documents.ts";
import type { Rooms } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { heldOutRows } from "./held-out-rows.ts";

/** What is known of a version: its evaluation, and its run's predictions where that still stands and judged it last. */
export async function contender({ runs, models }: Rooms, version: VersionId): Promise<Contender> {
  const manifest = await loadVersion(models, version);
  const { meanAuroc, trainedOn } = manifest;
  const evaluation = await findDocument(models, modelKeys.version(version).evaluation, Evaluation);
  return {
    version,
    meanAuroc,
    auroc: evaluation
      ? Object.fromEntries(OBSERVATIONS.map((name) => [name, evaluation.perObservation[name].auroc]))
      : {},
    calibrationError: evaluation ? calibrationErrorOf(manifest, evaluation) : null,
    subgroupGap: evaluation?.largestSubgroupGap?.gap ?? null,
    heldOut: await predictionsOf(runs, trainedOn.run, version),
    testSet: await testSetOf(runs, trainedOn.run),
  };
}

async function testSetOf(runs: Store, run: string): Promise<Contender["testSet"]> {
  const found = await findDocument(runs, runKeys(run).testSet, TestSet);
  return found ? { version: found.version, films: new Set(found.films) } : null;
}

/** Over the observations with films enough: among few, chance alone looks like a calibration error. */
const calibrationErrorOf = (version: Judged, evaluation: Evaluation): number | null =>
  meanDefined(
    observationsWith(observationStatuses(version, evaluation), "learned").map(
      (name) => evaluation.perObservation[name].expectedCalibrationError,
    ),
  );

async function predictionsOf(runs: Store, run: string, version: VersionId): Promise<HeldOutRows | null> {
  const keys = runKeys(run);
  const evaluated = await findDocument(runs, keys.evaluation, RunEvaluation);
  if (evaluated?.model !== version || (await runs.head(keys.predictions)) === undefined) return null;
  return heldOutRows(await runs.get(keys.predictions), `${runs.uri}/${keys.predictions}`);
}
