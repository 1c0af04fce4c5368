import { fileURLToPath } from "node:url";
import { runKeys } from "../../lib/contracts/layout.ts";
import { StepRecord } from "../../lib/contracts/run.ts";
import { createScreen } from "../../lib/local/display/create-screen.ts";
import { createDisplay, type Summary } from "../../lib/local/display/display.ts";
import { type MachineOptions, type MachineResult, runMachine } from "../../lib/local/machine.ts";
import { moduleBeside } from "../../lib/parallel/program-modules.ts";
import { findDocument } from "../../lib/store/documents.ts";
import { holdLease } from "../../lib/store/lease.ts";
import { openRooms, roomsOf } from "../../lib/store/open.ts";
import type { Store } from "../../lib/store/store.ts";
import { FUNCTION_STEPS, type FunctionStep } from "../../lib/workflow/functions.ts";
import { JOB_STEPS, JOBS, type JobStep } from "../../lib/workflow/jobs.ts";
import { probeDevice } from "./probe-device.ts";
import { runFailure } from "./run-failure.ts";

export interface ExecuteOptions extends Pick<MachineOptions, "signal" | "parallel" | "definition"> {
  readonly store: string;
  readonly run: string;
  readonly device?: "cpu" | "gpu" | undefined;
  /** Member of an array, for a step by itself. */
  readonly index?: number | undefined;
}

const functions = Object.fromEntries(
  FUNCTION_STEPS.map((step) => [step, moduleBeside(`../../functions/${step}/handler.ts`, import.meta.url).href]),
) as Record<FunctionStep, string>;

const programs = Object.fromEntries(
  JOB_STEPS.map((step) => [
    step,
    fileURLToPath(moduleBeside(`../../containers/${JOBS[step].container}/main.ts`, import.meta.url)),
  ]),
) as Record<JobStep, string>;

/** Figures of a finished step, of the first member where it is an array. */
export async function stepSummary(runs: Store, run: string, step: string): Promise<Summary | undefined> {
  for (const member of [undefined, 0]) {
    const record = await findDocument(runs, runKeys(run).stepRecord(step, member), StepRecord);
    if (record) return record.summary;
  }
  return undefined;
}

/**
 * Runs the state machine, or what `definition` leaves of it, for a run whose request stands in the store.
 * One at a time runs a run.
 * @throws the failed step's error, of its kind; TemporaryError `in-use`
 */
export async function execute({ store, run, device, index, ...options }: ExecuteOptions): Promise<MachineResult> {
  // Training is the last step but two: hours after this.
  if (device === "gpu") await probeDevice(device);
  const environment = roomsOf(store);
  const rooms = openRooms(environment);
  const lease = await holdLease(rooms.runs, runKeys(run).runner, `run ${run}`);
  const screen = createScreen(process.stderr, process.env);
  const since = new Date();
  try {
    const result = await runMachine(
      { run },
      {
        ...options,
        signal: AbortSignal.any([options.signal, lease.lost]),
        functions,
        programs,
        environment: {
          ...environment,
          ...(device && { HILUM_DEVICE: device }),
          ...(index !== undefined && { AWS_BATCH_JOB_ARRAY_INDEX: String(index) }),
        },
        observer: createDisplay({ screen, summaryOf: (step) => stepSummary(rooms.runs, run, step) }),
      },
    );
    if (result.status === "failed") {
      const { step, error } = result;
      throw await runFailure(rooms.runs, { run, step, error, since });
    }
    return result;
  } finally {
    screen.close();
    await lease.release();
  }
}
