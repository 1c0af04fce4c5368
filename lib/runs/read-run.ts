import type { GateDecision } from "../contracts/decision.ts";
import { runKeys } from "../contracts/layout.ts";
import type { Plan } from "../contracts/plan.ts";
import type { StepProgress } from "../contracts/progress.ts";
import { endedWell, type FailureRecord } from "../contracts/run.ts";
import type { RunConfig } from "../contracts/run-config.ts";
import type { TrainingHistory } from "../contracts/training.ts";
import { cautionOf } from "../domain/provenance.ts";
import { tally } from "../domain/tally.ts";
import { isHeld, isRenewed } from "../store/lease.ts";
import { storeOfRoom } from "../store/open.ts";
import { mayRun, SELF } from "../store/process-identity.ts";
import type { Store } from "../store/store.ts";
import { DEFINITION } from "../workflow/definition.ts";
import { type Figures, type RunDocuments, readRunDocuments } from "./documents.ts";
import { type Edge, edgesOf, type Place, placesOf } from "./graph.ts";
import { type RunState, statesOf } from "./states.ts";

/** `waiting`: nobody is seen at work on it, as between two jobs of a cloud's queue. */
export type RunStatus = "promoted" | "not-promoted" | "failed" | "running" | "stopped" | "waiting";

/** Everything that a page or a terminal shows of a run; nothing of a patient. */
export interface RunView {
  readonly run: string;
  readonly description: string;
  readonly status: RunStatus;
  readonly createdAt: string;
  /** When this was read; what still goes on has taken until then. */
  readonly at: string;
  /** When it was begun last, on one machine; null where that is not known. */
  readonly since: string | null;
  /** From the first step's start to the last one's end, pauses included; null before the first. */
  readonly seconds: number | null;
  readonly fingerprint: string;
  /** What to say beside its figures; null where there is nothing to say. */
  readonly caution: string | null;
  readonly config: RunConfig;
  readonly states: readonly (RunState & Place)[];
  readonly edges: readonly (Edge & { readonly taken: boolean })[];
  readonly failure: FailureRecord | null;
  /** Of the CSV files; null before they are planned or prepared. */
  readonly rows: {
    readonly read: number | null;
    readonly used: number | null;
    /** By rule, by reason. */
    readonly leftOut: Readonly<Record<string, number>>;
    /** By reason. */
    readonly setAside: Readonly<Record<string, number>>;
    /** Films that are used with a warning, by its code. */
    readonly warnings: Readonly<Record<string, number>>;
  };
  /** Labels of the rows that the plan uses, and how many of them nobody looked for; null before they are planned. */
  readonly labels: { readonly all: number; readonly notLabelled: number } | null;
  readonly histories: readonly TrainingHistory[];
  readonly figures: Figures | null;
  readonly decision: GateDecision | null;
  readonly model: string | null;
  readonly files: RunDocuments["files"];
  /** Folder for TensorBoard. */
  readonly members: string;
  /** The store in which it goes on, where it has stopped or failed and one machine's state machine ran it. */
  readonly resumable: string | null;
  /** Documents of the run that can't be read, each with why: what they tell is missing here. */
  readonly unreadable: readonly string[];
}

/** A step that wrote nothing for so long is not at work any more, as far as another machine can tell. */
const SILENCE_MS = 90_000;

const places = new Map(placesOf(DEFINITION).map((place) => [place.state, place]));

/**
 * @param listed the run's keys, where somebody has listed them
 * @throws InputError `no-such-run`, `document`
 */
export async function readRun(runs: Store, run: string, listed?: ReadonlySet<string>): Promise<RunView> {
  const documents = await readRunDocuments(runs, run, listed);
  const { request, runner, plan, dataset, decision, figures, records, failures, progress } = documents;
  const now = Date.now();
  const outcome = outcomeSince(documents);
  const running = isRunning({ ...documents, outcome }, now);
  const { states, taken } = statesOf(DEFINITION, {
    ...{ records, failures, progress, outcome, running },
    since: runner?.takenAt,
    isAtWork: (step) => running && isAtWork(step, now),
    answers: { plan, gate: decision },
  });
  const status = running ? "running" : (outcome?.status ?? unendedStatus(runner, states));
  const setAside = tally((dataset?.setAside ?? []).map(({ code }) => code));
  const keys = runKeys(run);
  return {
    run,
    description: request.config.description,
    status,
    createdAt: request.createdAt,
    at: new Date(now).toISOString(),
    since: runner?.takenAt ?? null,
    seconds: secondsOf(documents, running ? now : undefined),
    fingerprint: request.fingerprint,
    caution: cautionOf({ name: request.config.name, provenance: plan?.provenance }),
    config: request.config,
    states: states.map((state) => ({ ...state, ...places.get(state.state)! })),
    edges: edgesOf(DEFINITION).map((edge) => ({
      ...edge,
      taken: taken.some(({ from, to, kind }) => from === edge.from && to === edge.to && kind === edge.kind),
    })),
    failure: status === "failed" ? (outcome?.failure ?? firstFailure(states)) : null,
    rows: {
      read: plan?.rows.read ?? null,
      used: dataset?.used ?? dataset?.rows ?? null,
      leftOut: plan?.rows.leftOut ?? {},
      setAside,
      warnings: dataset?.warnings ?? {},
    },
    labels: plan === undefined ? null : countLabels(plan),
    histories: documents.histories.toSorted((a, b) => a.member - b.member),
    figures: figures ?? null,
    decision: decision ?? null,
    model: outcome?.model ?? figures?.model ?? null,
    files: documents.files,
    members: `${runs.uri}/${keys.prefix}members`,
    resumable: runner && RESUMABLE.has(status) ? storeOfRoom("runs", runs.uri) : null,
    unreadable: documents.unreadable,
  };
}

const countLabels = ({ rows, labels }: Plan): RunView["labels"] => ({
  all: rows.used * labels.length,
  notLabelled: labels.reduce((sum, { notLabelled }) => sum + notLabelled, 0),
});

const RESUMABLE: ReadonlySet<RunStatus> = new Set(["failed", "stopped"]);

/**
 * Known of a state machine on one machine by its lease, of a cloud's by what its steps write. A lease that is not renewed
 * is a copy's, though its holder may be at work on the run that was copied.
 */
const isRunning = ({ runner, progress, outcome }: RunDocuments, now: number): boolean => {
  if (runner) return isHeld(runner, now) && isRenewed(runner, now);
  return outcome === undefined && progress.some((step) => isAtWork(step, now));
};

const isAtWork = ({ endedAt, owner, at }: StepProgress, now: number): boolean =>
  endedAt === null && mayRun(owner) && (owner.host === SELF.host || now - Date.parse(at) < SILENCE_MS);

/** How it ended; a run that failed or was stopped and was begun again has not. */
function outcomeSince({ outcome, runner, progress }: RunDocuments): RunDocuments["outcome"] {
  if (outcome === undefined || endedWell(outcome.status)) return outcome;
  const begun = [runner?.takenAt ?? "", ...progress.map(({ startedAt }) => startedAt)];
  return begun.some((instant) => instant > outcome.at) ? undefined : outcome;
}

function unendedStatus(runner: RunDocuments["runner"], states: readonly RunState[]): RunStatus {
  if (states.some(({ status }) => status === "failed")) return "failed";
  return runner ? "stopped" : "waiting";
}

const firstFailure = (states: readonly RunState[]): FailureRecord | null =>
  states
    .flatMap(({ members }) => members.filter(({ status }) => status === "failed"))
    .flatMap(({ failure }) => failure ?? [])
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))[0] ?? null;

function secondsOf({ records, progress }: RunDocuments, now: number | undefined): number | null {
  const times = [
    ...records.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]),
    // Of a step that was killed nobody knows more than when it was last heard of.
    ...progress.flatMap(({ startedAt, endedAt, at }) => [startedAt, endedAt ?? at]),
  ].map((time) => Date.parse(time));
  return times.length === 0 ? null : (Math.max(...times, now ?? 0) - Math.min(...times)) / 1000;
}
