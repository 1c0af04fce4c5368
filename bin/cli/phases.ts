import { duration } from "../../lib/domain/duration.ts";
import { createScreen } from "../../lib/local/display/create-screen.ts";
import { createReporter, type Reporter } from "../../lib/steps/progress.ts";

/** Work in phases that this process does itself, drawn like the states of a run. */
export interface Phases {
  /** Begins a phase, and ends the one before. */
  reporter(phase: string): Reporter;
  /** Ends the last one; again does nothing. */
  close(): void;
}

export function phases(): Phases {
  const screen = createScreen(process.stderr, process.env);
  let current: { readonly phase: string; readonly since: number } | undefined;
  let isOpen = true;
  const end = (): void => {
    if (current) screen.end(current.phase, "done", duration(performance.now() - current.since));
    current = undefined;
  };
  return {
    reporter(phase) {
      end();
      current = { phase, since: performance.now() };
      screen.begin(phase);
      return createReporter(phase, {
        emit: (event) => {
          if (event.event === "progress") screen.progress(phase, "", event);
          else screen.line(phase, event.level === "warning" ? "warning" : "plain", event.message);
        },
      });
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      end();
      screen.close();
    },
  };
}
