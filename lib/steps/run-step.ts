import type { RoomsEnvironment } from "../contracts/environment.ts";
import { ROOMS, type Room, runKeys } from "../contracts/layout.ts";
import { FailureRecord, RunRequest, StepRecord } from "../contracts/run.ts";
import { STEP_WRITES } from "../contracts/writers.ts";
import { reportError } from "../domain/errors.ts";
import { findDocument, readDocument, writeDocument } from "../store/documents.ts";
import { openRooms, type Rooms } from "../store/open.ts";
import { withOwnKeys } from "../store/own-keys.ts";
import { type KeptProgress, keepProgress } from "./kept-progress.ts";
import { createReporter, type Emit, emitOnStderr, type Reporter } from "./progress.ts";

/** Figures of a finished step, shown beside its state. */
export type StepSummary = StepRecord["summary"];

/** What a step's work is handed. */
export interface StepContext extends Reporter {
  readonly step: string;
  readonly index: number;
  readonly run: string;
  readonly request: RunRequest;
  readonly rooms: Rooms;
  readonly keys: ReturnType<typeof runKeys>;
  /** Aborted on a stop on request, with a TemporaryError as its reason: `signal.throwIfAborted()` between pieces of work. */
  readonly signal: AbortSignal;
}

export type StepWork = (context: StepContext) => Promise<StepSummary>;

export interface StepOptions {
  readonly step: string;
  /** Member of an array job; a step that is never an array leaves it out. */
  readonly index?: number | undefined;
  readonly run: string;
  readonly environment: RoomsEnvironment;
  readonly signal?: AbortSignal;
  readonly emit?: Emit;
}

/** Rooms in which a step writes its own keys alone, as its role lets it in an account. */
function ownRooms(rooms: Rooms, step: string): Rooms {
  const writes = Object.entries(STEP_WRITES).find(([name]) => name === step)?.[1];
  if (writes === undefined) return rooms;
  const keys: Readonly<Partial<Record<Room, readonly string[]>>> = writes;
  const own = ROOMS.map((room) => [room, withOwnKeys(rooms[room], keys[room] ?? [], `step ${step}`)]);
  return Object.fromEntries(own) as Rooms;
}

/**
 * Does a step's work once: where its StepRecord exists already, nothing happens. The record is written last, so that
 * it stands for whole output. A failure leaves a FailureRecord and is thrown on. Meanwhile its StepProgress is kept.
 */
export async function runStep(options: StepOptions, work: StepWork): Promise<StepSummary> {
  const { step, index, run, signal = new AbortController().signal } = options;
  const keys = runKeys(run);
  const { emit = emitOnStderr } = options;
  let kept: KeptProgress | undefined;
  const reporter = createReporter(step, {
    emit: (event) => {
      emit(event);
      kept?.hear(event);
    },
  });
  const rooms = ownRooms(openRooms(options.environment), step);
  const recordKey = keys.stepRecord(step, index);
  const member = index === undefined ? {} : { index };

  try {
    const finished = await findDocument(rooms.runs, recordKey, StepRecord);
    if (finished) {
      reporter.note("info", "done already");
      return finished.summary;
    }
    signal.throwIfAborted();
    kept = await keepProgress({ runs: rooms.runs, keys, run, step, index });
    const startedAt = new Date().toISOString();
    const request = await readDocument(rooms.runs, keys.request, RunRequest);
    const summary = await work({ step, index: index ?? 0, run, request, rooms, keys, signal, ...reporter });
    await writeDocument(rooms.runs, recordKey, StepRecord, {
      schema: "hilum.step/1",
      step,
      ...member,
      startedAt,
      endedAt: new Date().toISOString(),
      summary,
    });
    await rooms.runs.delete(keys.failure(step, index));
    return summary;
  } catch (error) {
    const { code, message, exitCode } = reportError(error);
    const at = new Date().toISOString();
    const failure = { schema: "hilum.failure/1" as const, step, ...member, code, message, exitCode, at };
    kept?.hear({ event: "note", step, level: "error", message });
    // The first error counts, also where the store itself is what failed.
    await writeDocument(rooms.runs, keys.failure(step, index), FailureRecord, failure).catch(() => {});
    throw error;
  } finally {
    await kept?.close();
  }
}
