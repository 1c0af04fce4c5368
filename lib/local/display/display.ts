import { ProgressEvent } from "../../contracts/progress.ts";
import { duration } from "../../domain/duration.ts";
import type { Observer, TaskRun } from "../observer.ts";
import { figures } from "./format.ts";
import type { Screen } from "./screen.ts";

export type Summary = Readonly<Record<string, number | string | boolean | null>>;

export interface DisplayOptions {
  readonly screen: Screen;
  /** Figures of a finished step, shown beside its time. */
  readonly summaryOf: (step: string) => Promise<Summary | undefined>;
}

/** What TensorFlow's libraries say of themselves while they load, in the format of their logger (absl, glog). */
const ENGINE_CHATTER = /^(WARNING: All log messages before absl|[IW]\d{4} [\d:.]+ )/;

/** Said by a step that a former run has finished (lib/steps/run-step.ts). */
const DONE_ALREADY = "done already";

/** Draws the state machine's progress: a line a state with its time, and while it runs how far it has come. */
export function createDisplay({ screen, summaryOf }: DisplayOptions): Observer {
  let again = false;

  const note = (step: string, event: Extract<ProgressEvent, { event: "note" }>) => {
    if (event.message === DONE_ALREADY) again = true;
    // What went wrong is told once, at the end.
    else if (event.level !== "error") screen.line(step, event.level === "warning" ? "warning" : "plain", event.message);
  };

  return {
    started: ({ step }) => {
      again = false;
      screen.begin(step);
    },
    line: (task, line, index) => {
      const event = parseEvent(line);
      if (event?.event === "note") note(task.step, event);
      else if (event) screen.progress(task.step, memberOf(task, index), event);
      else if (line.trim() !== "" && !ENGINE_CHATTER.test(line)) screen.line(task.step, "plain", line);
    },
    retried: ({ step }, exitCode) => screen.line(step, "warning", `attempt ended with ${exitCode}; trying again`),
    ended: async ({ step, members }, { outcome, milliseconds }) => {
      const summary = outcome === "done" && members === 1 ? await summaryOf(step) : undefined;
      const parts = [
        again ? "" : duration(milliseconds),
        members > 1 ? `${members} jobs` : "",
        summary ? figures(summary) : "",
      ];
      screen.end(
        step,
        outcome === "done" && again ? "done before" : outcome,
        parts.filter((part) => part !== "").join("  "),
      );
    },
  };
}

const memberOf = ({ members }: TaskRun, index?: number): string =>
  index === undefined ? "" : `job ${index + 1} of ${members}, `;

/** The event on a line, or undefined where a program wrote something else. */
export function parseEvent(line: string): ProgressEvent | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return ProgressEvent.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
