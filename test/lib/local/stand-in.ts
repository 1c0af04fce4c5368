import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MachineOptions, type MachineResult, runMachine } from "../../../lib/local/machine.ts";
import type { Observer } from "../../../lib/local/observer.ts";
import type { Definition } from "../../../lib/workflow/asl.ts";
import { DEFINITION } from "../../../lib/workflow/definition.ts";
import { FUNCTION_STEPS, type FunctionStep } from "../../../lib/workflow/functions.ts";
import { JOB_STEPS, type JobStep } from "../../../lib/workflow/jobs.ts";

const FIXTURES = new URL("../../fixtures/steps/", import.meta.url);

export type StandIn = Partial<Record<string, readonly unknown[]>>;

/** A run of the state machine with tiny programs in the place of the steps. */
export interface StandInRun {
  readonly result: MachineResult;
  /** Starts of programs, calls of functions and signals, in order. */
  readonly log: readonly string[];
  /** What the observer heard. */
  readonly heard: readonly string[];
}

export interface StandInOptions extends Partial<MachineOptions> {
  readonly onLog?: (folder: string) => void;
  /** Where and how its programs run, which write into the folder. */
  readonly inFolder?: (folder: string) => Pick<MachineOptions, "start" | "call">;
}

/** Functions answer so that the run succeeds, save where `plan` says otherwise. */
export async function runStandIn(plan: StandIn = {}, options: StandInOptions = {}): Promise<StandInRun> {
  const folder = await mkdtemp(join(tmpdir(), "hilum-machine-"));
  const [standIn, log] = [join(folder, "plan.json"), join(folder, "log.txt")];
  const answers = { plan: [{ prepareJobs: 1, trainJobs: 1 }], gate: [{ decision: "promote" }] };
  writeFileSync(standIn, JSON.stringify({ ...answers, ...plan }));
  writeFileSync(log, "");
  // A container's program is another user.
  chmodSync(folder, 0o777);
  chmodSync(log, 0o666);
  options.onLog?.(log);
  const heard: string[] = [];
  const result = await runMachine(
    { run: "demo-1" },
    {
      functions: Object.fromEntries(
        FUNCTION_STEPS.map((step) => [step, new URL(`functions.ts?step=${step}`, FIXTURES).href]),
      ) as Record<FunctionStep, string>,
      programs: Object.fromEntries(
        JOB_STEPS.map((step) => [step, fileURLToPath(new URL(`${step}.ts`, FIXTURES))]),
      ) as Record<JobStep, string>,
      environment: { STANDIN: standIn, LOG: log },
      observer: recordInto(heard),
      signal: new AbortController().signal,
      ...options,
      ...options.inFolder?.(folder),
    },
  );
  return { result, heard, log: readLog(log) };
}

export const readLog = (file: string): string[] => readFileSync(file, "utf8").trimEnd().split("\n");

const recordInto = (heard: string[]): Observer => ({
  started: ({ state, members }) => heard.push(`started ${state} x${members}`),
  line: ({ state }, line, index) => heard.push(`line ${state} ${index ?? "-"} ${line}`),
  retried: ({ state }, exitCode, index) => heard.push(`retried ${state} ${index ?? "-"} ${exitCode}`),
  ended: ({ state }, { outcome }) => {
    heard.push(`ended ${state} ${outcome}`);
  },
});

/** The definition from a state on, with some states changed. */
export const from = (state: string, changed: Definition["States"] = {}): Definition => ({
  ...DEFINITION,
  StartAt: state,
  States: { ...DEFINITION.States, ...changed },
});

/** The names of the states in the order in which they were entered. */
export const path = (result: MachineResult): string[] =>
  result.trace.flatMap((event) => (event.startsWith("StateEntered ") ? [event.slice("StateEntered ".length)] : []));
