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
import { InputError } from "../domain/errors.ts";
import { readDocument } from "../store/documents.ts";
import { NotFoundError } from "../store/errors.ts";
import type { Store } from "../store/store.ts";

/** The part of a run's evaluation that its page shows; curves and thresholds stay behind. */
const Figures = z.object({
  model: RunEvaluation.shape.model,
  meanAuroc: RunEvaluation.shape.meanAuroc,
  meanAurocInterval: RunEvaluation.shape.meanAurocInterval,
  definedObservations: RunEvaluation.shape.definedObservations,
  evaluatedOn: RunEvaluation.shape.evaluatedOn,
  perObservation: z.record(
    ObservationName,
    z.object({
      positives: ObservationMetrics.shape.positives,
      auroc: ObservationMetrics.shape.auroc,
      aurocInterval: ObservationMetrics.shape.aurocInterval,
    }),
  ),
});
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
  /** Which files a person can open are there. */
  readonly files: { readonly report: boolean; readonly card: boolean; readonly tensorboard: boolean };
}

/** @throws InputError `no-such-run`; `document` where one is of another version */
export async function readRunDocuments(runs: Store, run: string): Promise<RunDocuments> {
  const keys = runKeys(RunId.safeParse(run).data ?? noSuchRun(runs, run));
  const there = new Set<string>();
  for await (const { key } of runs.list(keys.prefix)) there.add(key);
  if (!there.has(keys.request)) noSuchRun(runs, run);

  // A running run's documents come and go between two looks.
  const find = async <T extends z.ZodType>(key: string, schema: T): Promise<z.infer<T> | undefined> => {
    if (!there.has(key)) return undefined;
    return readDocument(runs, key, schema).catch((error: unknown) => {
      if (error instanceof NotFoundError) return undefined;
      throw error;
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
  return {
    ...{ request, runner, plan, dataset, figures, decision, outcome },
    records: await all(under(keys.stepRecords), StepRecord),
    failures: await all(under(keys.failures), FailureRecord),
    progress: await all(under(keys.progress), StepProgress),
    histories: await all((key) => members.some(({ history }) => history === key), TrainingHistory),
    files: {
      report: there.has(keys.report),
      card: there.has(keys.card),
      tensorboard: members.some((member) => there.has(member.events(1))),
    },
  };
}

function noSuchRun(runs: Store, run: string): never {
  throw new InputError("no-such-run", `${runs.uri}: no run ${JSON.stringify(run)}; bin/hilum runs list names them`);
}
