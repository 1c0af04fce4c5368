import type { StepProgress } from "../contracts/progress.ts";
import type { FailureRecord, RunOutcome, StepRecord } from "../contracts/run.ts";
import type { ChoiceState, Definition, TaskState } from "../workflow/asl.ts";
import { type Edge, edgesOf } from "./graph.ts";

/** `skipped`: the run took, or will take, another way. */
export type StateStatus = "pending" | "running" | "done" | "failed" | "stopped" | "skipped";

/** What is known of one member of a step; a step that is no array has one. */
export interface MemberState {
  readonly index: number;
  readonly status: Exclude<StateStatus, "skipped">;
  readonly startedAt: string | null;
  /** Of one that was killed, when it was last heard of. */
  readonly endedAt: string | null;
  /** Whether it was done before the run was taken up again, which skipped it then. */
  readonly earlier: boolean;
  /** 0 before the first, and where the run is older than this count. */
  readonly starts: number;
  readonly progress: StepProgress["progress"];
  readonly log: StepProgress["log"];
  readonly summary: StepRecord["summary"] | null;
  /** Of the last attempt that failed, while none has succeeded. */
  readonly failure: FailureRecord | null;
}

export interface RunState {
  readonly state: string;
  /** Null for states that only lead to others. */
  readonly step: string | null;
  readonly status: StateStatus;
  readonly members: readonly MemberState[];
}

/** What the store tells, and whether somebody is at work on it. */
export interface Told {
  readonly records: readonly StepRecord[];
  readonly failures: readonly FailureRecord[];
  readonly progress: readonly StepProgress[];
  /** Of the run as it was begun last. */
  readonly outcome: RunOutcome | undefined;
  /** When it was begun last, where that is known. */
  readonly since: string | undefined;
  /** What Choices and arrays read, as the states hand it on: `{ plan: { prepareJobs: 2 } }`. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  readonly isAtWork: (progress: StepProgress) => boolean;
  /** Whether the run as a whole goes on. */
  readonly running: boolean;
}

/** Every state of the definition and the ways that the run took between them. */
export function statesOf(definition: Definition, told: Told): { states: RunState[]; taken: Edge[] } {
  const edges = edgesOf(definition);
  const known = new Map<string, RunState>();
  const taken: Edge[] = [];
  let at: string | undefined = definition.StartAt;
  let frontier = at;
  while (at !== undefined) {
    const from: string = at;
    frontier = from;
    const state = look(definition, from, told);
    known.set(from, state);
    const next = leave(definition, state, told);
    const edge: Edge | undefined = edges.find((e) => e.from === from && e.to === next?.to && e.kind === next?.kind);
    if (edge) taken.push(edge);
    at = edge?.to;
  }
  const ahead = reachable(frontier, edges);
  const states = Object.keys(definition.States).map(
    (name): RunState =>
      known.get(name) ?? {
        state: name,
        step: stepOf(definition, name),
        status: ahead.has(name) ? "pending" : "skipped",
        members: [],
      },
  );
  return { states, taken };
}

/** The step behind a Task: its function's or job's slot is named after it. */
function stepOf({ States }: Definition, name: string): string | null {
  const state = States[name]!;
  if (state.Type !== "Task") return null;
  const { FunctionName, JobDefinition } = state.Parameters;
  return String(FunctionName ?? JobDefinition).replace(/^\$\{(\w+?)(Function|Job)\}$/, "$1");
}

function look(definition: Definition, name: string, told: Told): RunState {
  const state = definition.States[name]!;
  const step = stepOf(definition, name);
  if (state.Type === "Choice") {
    return { state: name, step, status: choose(state, told) ? "done" : "pending", members: [] };
  }
  if (state.Type !== "Task" || step === null) return { state: name, step, status: "done", members: [] };
  const members = Array.from({ length: sizeOf(state, told) }, (_, index) => memberOf(step, index, told));
  return { state: name, step, status: together(step, members, told), members };
}

function memberOf(step: string, index: number, told: Told): MemberState {
  const own = <T extends { step: string; index?: number | undefined }>(of: readonly T[]): T | undefined =>
    of.find((document) => document.step === step && (document.index ?? 0) === index);
  const [record, progress, written] = [own(told.records), own(told.progress), own(told.failures)];
  const failure = isOfLastStart(written, progress) ? written : (untold(step, index, progress, told) ?? written);
  const failed = isOfLastStart(failure, progress);
  const status = statusOf({ record, progress, failure: failed ? failure : undefined }, told);
  return {
    index,
    status,
    startedAt: record?.startedAt ?? progress?.startedAt ?? null,
    endedAt:
      record?.endedAt ??
      progress?.endedAt ??
      (failed ? failure?.at : status === "stopped" ? progress?.at : null) ??
      null,
    earlier: record !== undefined && isBefore(record.endedAt, told.since),
    starts: progress?.starts ?? 0,
    progress: progress?.progress ?? null,
    log: progress?.log ?? [],
    summary: record?.summary ?? null,
    failure: record ? null : (failure ?? null),
  };
}

const isOfLastStart = (failure: FailureRecord | undefined, progress: StepProgress | undefined): boolean =>
  failure !== undefined && (progress === undefined || failure.at >= progress.startedAt);

/** The run's own reason, for a member that wrote none: one that was killed, or where there is none such, never began. */
function untold(
  step: string,
  index: number,
  progress: StepProgress | undefined,
  { outcome, progress: all }: Told,
): FailureRecord | undefined {
  const reason = outcome?.failure;
  if (reason?.step !== step) return undefined;
  if (reason.index !== undefined) return reason.index === index ? reason : undefined;
  const isKilled = (one: StepProgress): boolean => one.step === step && one.endedAt === null;
  return (progress ? isKilled(progress) : !all.some(isKilled)) ? reason : undefined;
}

/** What a step says that was asked to stop, by a person or by a machine that is taken away. */
const STOPPED = "stopped";

function statusOf(
  member: { record: StepRecord | undefined; progress: StepProgress | undefined; failure: FailureRecord | undefined },
  told: Told,
): MemberState["status"] {
  const { record, progress, failure } = member;
  if (record) return "done";
  if (progress && told.isAtWork(progress)) return "running";
  // Taken up again, and not begun yet.
  if (told.running && (progress ?? failure) && isBefore(progress?.startedAt ?? failure!.at, told.since))
    return "pending";
  if (failure) return failure.code === STOPPED && told.outcome === undefined ? "stopped" : "failed";
  if (progress === undefined) return "pending";
  return wasLeft(progress, told) ? "done" : "stopped";
}

const isBefore = (instant: string, since: string | undefined): boolean => since !== undefined && instant < since;

/** Whether the run went on from it: a step that finds fault with what those before it did has it done anew. */
const wasLeft = ({ step, endedAt }: StepProgress, { progress: all }: Told): boolean =>
  endedAt !== null && all.some((other) => other.step !== step && other.startedAt >= endedAt);

/** A member that failed is tried again, or waits for the others to end, as long as the run goes on. */
function together(step: string, members: readonly MemberState[], { running, outcome }: Told): RunState["status"] {
  const some = (status: MemberState["status"]) => members.some((member) => member.status === status);
  if (members.every(({ status }) => status === "done")) return "done";
  if (running || some("running")) return "running";
  if (some("failed") || outcome?.failure?.step === step) return "failed";
  return some("stopped") || some("done") ? "stopped" : "pending";
}

/** Where the run went from a state, if it has left it. */
function leave(
  definition: Definition,
  { state: name, status }: RunState,
  told: Told,
): Pick<Edge, "to" | "kind"> | null {
  const state = definition.States[name]!;
  if (state.Type === "Choice") {
    const to = choose(state, told);
    return to === undefined ? null : { to, kind: "choice" };
  }
  if (state.Type === "Succeed" || status !== "done") return null;
  return { to: state.Next, kind: "next" };
}

function choose({ Choices, Default }: ChoiceState, told: Told): string | undefined {
  for (const { Variable, Next, ...test } of Choices) {
    const value = answerAt(Variable, told);
    if (value === undefined) return undefined;
    if (test.StringEquals !== undefined && value === test.StringEquals) return Next;
    if (test.NumericGreaterThan !== undefined && Number(value) > test.NumericGreaterThan) return Next;
  }
  return Default;
}

/** `$.plan.prepareJobs` */
function answerAt(path: string, { answers }: Told): unknown {
  const [step = "", field = ""] = path.replace(/^\$\./, "").split(".");
  return answers[step]?.[field];
}

function sizeOf(state: TaskState, told: Told): number {
  const array = state.Parameters.ArrayProperties as Readonly<Record<string, string>> | undefined;
  return array === undefined ? 1 : Number(answerAt(array["Size.$"]!, told));
}

/** The states that a run at `from` may still come to. */
function reachable(from: string, edges: readonly Edge[]): Set<string> {
  const found = new Set<string>();
  const visit = (state: string): void => {
    if (found.has(state)) return;
    found.add(state);
    for (const edge of edges) if (edge.from === state) visit(edge.to);
  };
  visit(from);
  return found;
}
