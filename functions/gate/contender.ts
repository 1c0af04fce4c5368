import { Evaluation, RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { modelKeys, runKeys } from "../../lib/contracts/layout.ts";
import type { VersionId } from "../../lib/contracts/model-version.ts";
import { TestSet } from "../../lib/contracts/test-set.ts";
import { OBSERVATIONS } from "../../lib/domain/observations.ts";
import type { Candidate, Reference } from "../../lib/domain/promotion.ts";
import { loadVersion } from "../../lib/registry/versions.ts";
import { claimed } from "../../lib/report/claims.ts";
import { findDocument } from "../../lib/store/documents.ts";
import type { Rooms } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { type HeldOutRows, heldOutRows } from "./held-out-rows.ts";
import { pairRows } from "./pair-rows.ts";

interface Contender {
  readonly candidate: Candidate;
  readonly heldOut: HeldOutRows | null;
  /** Of its run: the films on which models of its data are compared. */
  readonly testSet: ReadonlySet<string> | null;
}

/** What is known of a version: its evaluation, and its run's predictions where that still stands and judged it last. */
export async function contender({ runs, models }: Rooms, version: VersionId): Promise<Contender> {
  const { meanAuroc, thresholds, trainedOn } = await loadVersion(models, version);
  const evaluation = await findDocument(models, modelKeys.version(version).evaluation, Evaluation);
  const gap = evaluation?.largestSubgroupGap ?? null;
  const heldOut = await predictionsOf(runs, trainedOn.run, version);
  const found = await findDocument(runs, runKeys(trainedOn.run).testSet, TestSet);
  return {
    candidate: {
      version,
      kind: "films",
      leaks: evaluation !== undefined && evaluation.leakage.testPatientsInTraining > 0,
      claimed: evaluation ? claimed(evaluation) : [],
      learned: OBSERVATIONS.filter((_, i) => trainedOn.prevalence[i] !== null),
      thresholds,
      meanAuroc,
      auroc: evaluation
        ? Object.fromEntries(OBSERVATIONS.map((name) => [name, evaluation.perObservation[name].auroc]))
        : {},
      ownTest: heldOut && ownTest(heldOut),
      readersOnly: false,
      subgroupGap: gap && { gap: gap.gap, lower: gap.interval?.[0] ?? 0 },
    },
    heldOut,
    testSet: found ? new Set(found.films) : null,
  };
}

/** The champion, compared on the films that both were tested on. */
export function reference(ours: Contender, champion: Contender): Reference {
  const pair = pairRows(ours.heldOut, champion.heldOut, ours.testSet);
  const exams = typeof pair === "string" ? pair : [{ ...pair, of: "candidate", reference: pair.champion } as const];
  return { ...champion.candidate, roles: ["champion", "anchor"], exams };
}

function ownTest({ patients, columns }: HeldOutRows): Candidate["ownTest"] {
  const numbers = new Map([...new Set(patients)].map((patient, number) => [patient, number]));
  return {
    patients: Uint32Array.from(patients, (patient) => numbers.get(patient)!),
    labels: columns.map(({ labels }) => labels),
    scores: columns.map(({ scores }) => scores),
  };
}

async function predictionsOf(runs: Store, run: string, version: VersionId): Promise<HeldOutRows | null> {
  const keys = runKeys(run);
  const evaluated = await findDocument(runs, keys.evaluation, RunEvaluation);
  if (evaluated?.model !== version || (await runs.head(keys.predictions)) === undefined) return null;
  return heldOutRows(await runs.get(keys.predictions), `${runs.uri}/${keys.predictions}`);
}
