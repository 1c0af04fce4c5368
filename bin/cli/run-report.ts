import { Dataset } from "../../lib/contracts/dataset.ts";
import { GateDecision } from "../../lib/contracts/decision.ts";
import type { RoomsEnvironment } from "../../lib/contracts/environment.ts";
import { type ObservationMetrics, RunEvaluation } from "../../lib/contracts/evaluation.ts";
import { modelKeys, runKeys } from "../../lib/contracts/layout.ts";
import { Plan } from "../../lib/contracts/plan.ts";
import { RunOutcome } from "../../lib/contracts/run.ts";
import { type Claims, claimsOf } from "../../lib/domain/observation-status.ts";
import { cautionOf } from "../../lib/domain/provenance.ts";
import { tally } from "../../lib/domain/tally.ts";
import { findDocument, readDocument } from "../../lib/store/documents.ts";
import { openRooms } from "../../lib/store/open.ts";
import { asPath } from "./places.ts";

/** What a run gave, as `--json` prints it. */
export interface RunReport {
  /** Undefined where the run was a stage's. */
  readonly store?: string;
  readonly stage?: string;
  readonly run: string;
  /** Of the model version; what --model takes. */
  readonly model: string;
  readonly report: string;
  readonly status: RunOutcome["status"];
  /** Checks of the promotion gate that did not pass. */
  readonly failedChecks: readonly { readonly rule: string; readonly detail: string }[];
  /** What to say beside all its figures; null where there is nothing to say. */
  readonly caution: string | null;
  readonly evaluation: {
    readonly meanAuroc: number | null;
    readonly meanAurocInterval: readonly [number, number] | null;
    readonly definedObservations: number;
    /** Of the observations that the mean is over. */
    readonly claims: Claims;
    readonly perObservation: Readonly<Record<string, ObservationMetrics>>;
    readonly localisationHitRate: number | null;
  };
  /** Every row of the CSV files is one of these; rows left out and films set aside by reason. */
  readonly rows: {
    readonly read: number;
    readonly used: number;
    readonly leftOut: Readonly<Record<string, number>>;
    readonly setAside: Readonly<Record<string, number>>;
    /** Films that are used with a warning, by its code; one with several counts in each. */
    readonly warnings: Readonly<Record<string, number>>;
  };
}

/** Reads what a finished run left, in a store or on a stage. */
export async function readRunReport(
  { environment, ...place }: Pick<RunReport, "store" | "stage"> & { readonly environment: RoomsEnvironment },
  run: string,
): Promise<RunReport> {
  const { runs } = openRooms(environment);
  const keys = runKeys(run);
  const [plan, dataset, evaluation, outcome, decision] = await Promise.all([
    readDocument(runs, keys.plan, Plan),
    readDocument(runs, keys.dataset, Dataset),
    readDocument(runs, keys.evaluation, RunEvaluation),
    readDocument(runs, keys.outcome, RunOutcome),
    findDocument(runs, keys.decision, GateDecision),
  ]);
  const version = modelKeys.version(evaluation.model).prefix.replace(/\/$/, "");
  return {
    ...place,
    run,
    model: asPath(`${environment.HILUM_MODELS}/${version}`),
    report: asPath(`${environment.HILUM_RUNS}/${keys.report}`),
    status: outcome.status,
    failedChecks: (decision?.checks ?? [])
      .filter(({ passed }) => !passed)
      .map(({ rule, detail }) => ({ rule, detail })),
    // A run's name is its configuration's and a hash.
    caution: cautionOf({ name: run.replace(/-[0-9a-f]{8}$/, ""), provenance: plan.provenance }),
    evaluation: {
      meanAuroc: evaluation.meanAuroc,
      meanAurocInterval: evaluation.meanAurocInterval,
      definedObservations: evaluation.definedObservations,
      claims: claimsOf(evaluation.perObservation),
      perObservation: evaluation.perObservation,
      localisationHitRate: evaluation.localisationHitRate,
    },
    rows: {
      read: plan.rows.read,
      used: dataset.used ?? dataset.rows,
      leftOut: plan.rows.leftOut,
      setAside: tally(dataset.setAside.map(({ code }) => code)),
      warnings: dataset.warnings ?? {},
    },
  };
}
