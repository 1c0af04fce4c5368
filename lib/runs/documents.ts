import * as z from "zod";
import { Dataset } from "../contracts/dataset.ts";
import { GateDecision } from "../contracts/decision.ts";
import { ObservationMetrics, RunEvaluation } from "../contracts/evaluation.ts";
import { runKeys } from "../contracts/layout.ts";
import { Lease } from "../contracts/lease.ts";
import { Plan } from "../contracts/plan.ts";
import { ObservationName } from "../contracts/primitives.ts";
import { StepProgress } from "../contracts/progress.ts";
import { FailureRecord, RunId, RunOutcome, RunRequest, StepRecord } from "../contracts/run.ts";
import { TrainingHistory } from "../contracts/training.ts";
import { InputError, reportError } from "../domain/errors.ts";
import { claimsOf, mayClaim } from "../domain/observation-status.ts";
import { OBSERVATIONS, type Observation } from "../domain/observations.ts";
import { readDocument } from "../store/documents.ts";
import { NotFoundError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";

/** The part of a run's evaluation that its page shows; curves and thresholds stay behind. */
const StoredFigures = z.object({
  model: RunEvaluation.shape.model,
  meanAuroc: RunEvaluation.shape.meanAuroc,
  meanAurocInterval: RunEvaluation.shape.meanAurocInterval,
  definedObservations: RunEvaluation.shape.definedObservations,
  evaluatedOn: RunEvaluation.shape.evaluatedOn,
  perObservation: z.record(
    ObservationName,
    z.object({
      rows: ObservationMetrics.shape.rows,
      positives: ObservationMetrics.shape.positives,
      auroc: ObservationMetrics.shape.auroc,
      aurocInterval: ObservationMetrics.shape.aurocInterval,
    }),
  ),
});

type StoredFigure = z.infer<typeof StoredFigures>["perObservation"][Observation];

/** The same, with what of it may be claimed. */
const Figures = StoredFigures.transform(({ perObservation, ...figures }) => ({
  ...figures,
  claims: claimsOf(perObservation),
  perObservation: Object.fromEntries(
    OBSERVATIONS.map((name) => [name, { ...perObservation[name], mayClaim: mayClaim(perObservation[name]) }]),
  ) as Readonly<Record<Observation, StoredFigure & { readonly mayClaim: boolean }>>,
}));
export type Figures = z.infer<typeof Figures>;

/** What the room `runs` holds of one run, as far as it has come; nothing of a film. */
export interface RunDocuments {
  readonly request: RunRequest;
  readonly runner: Lease | undefined;
  readonly plan: Plan | undefined;
  readonly dataset: Dataset | undefined;
  readonly figures: Figures | undefined;
  readonly decision: GateDecision | undefined;
  readonly outcome: RunOutcome | undefined;
  readonly records: readonly StepRecord[];
  readonly failures: readonly FailureRecord[];
  readonly progress: readonly StepProgress[];
  readonly histories: readonly TrainingHistory[];
  /** Documents that this version can't read, each with why; they count as not there. */
  readonly unreadable: readonly string[];
  /** Which files a person can open are there. */
  readonly files: { readonly report: boolean; readonly card: boolean; readonly tensorboard: boolean };
}

/**
 * @param listed the run's keys, where somebody has listed them
 * @throws InputError `no-such-run`; `document` where its request is damaged or of another version
 */
export async function readRunDocuments(runs: Store, run: string, listed?: ReadonlySet<string>): Promise<RunDocuments> {
  const keys = runKeys(RunId.safeParse(run).data ?? (await noSuchRun(runs, run)));
  const there = listed ?? new Set(await keysUnder(runs, keys.prefix));
  if (!there.has(keys.request)) await noSuchRun(runs, run);

  const unreadable: string[] = [];
  const find = async <T extends z.ZodType>(key: string, schema: T): Promise<z.infer<T> | undefined> => {
    if (!there.has(key)) return undefined;
    return readDocument(runs, key, schema).catch((error: unknown) => {
      // A running run's documents come and go between two looks.
      if (error instanceof NotFoundError) return undefined;
      if (!(error instanceof InputError)) throw error;
      unreadable.push(reportError(error).message.replace(`${runs.uri}/${keys.prefix}`, ""));
      return undefined;
    });
  };
  const all = async <T extends z.ZodType>(wanted: (key: string) => boolean, schema: T): Promise<z.infer<T>[]> => {
    const found = await Promise.all([...there].filter(wanted).map((key) => find(key, schema)));
    return found.filter((document) => document !== undefined);
  };
  const under = (prefix: string) => (key: string) => key.startsWith(prefix);

  const [request, runner, plan, dataset, figures, decision, outcome] = await Promise.all([
    readDocument(runs, keys.request, RunRequest),
    find(keys.runner, Lease),
    find(keys.plan, Plan),
    find(keys.dataset, Dataset),
    find(keys.evaluation, Figures),
    find(keys.decision, GateDecision),
    find(keys.outcome, RunOutcome),
  ]);
  const members = request.config.training.seeds.map((_, member) => keys.member(member));
  const histories = new Set(members.map(({ history }) => history));
  return {
    ...{ request, runner, plan, dataset, figures, decision, outcome },
    records: await all(under(keys.stepRecords), StepRecord),
    failures: await all(under(keys.failures), FailureRecord),
    progress: await all(under(keys.progress), StepProgress),
    histories: await all((key) => histories.has(key), TrainingHistory),
    unreadable,
    files: {
      report: there.has(keys.report),
      card: there.has(keys.card),
      tensorboard: members.some((member) => there.has(member.events(1))),
    },
  };
}

/** Names that are told of an unknown one at most. */
const NAMED = 5;

/** @throws InputError `no-such-run`, with the names that begin like it */
export async function noSuchRun(runs: Store, run: string): Promise<never> {
  const beginning = run.replace(/-[^-]*$/, "");
  const keys = RunId.safeParse(beginning).success ? await keysUnder(runs, beginning) : [];
  const names = keys.filter((key) => runKeys(key.split("/")[0]!).request === key).map((key) => key.split("/")[0]);
  const hint = names.length > 0 ? `is it ${names.slice(0, NAMED).join(" or ")}?` : "bin/hilum runs list names them";
  throw new InputError("no-such-run", `${runs.uri}: no run ${JSON.stringify(run)}; ${hint}`);
}

async function keysUnder(runs: Store, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of runs.list(prefix)) found.push(key);
  return found;
}
