import { CommanderError } from "commander";
import { EXIT, reportError } from "../../lib/domain/errors.ts";
import { inPaths } from "./places.ts";
import { Stopped } from "./stop.ts";

/** Of an error that ended a command; asking for help or the version is none, a wrong call is wrong input. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.input;
  if (error instanceof Stopped) return error.processExitCode;
  return reportError(error).exitCode;
}

/** One sentence on stderr; where it came from only with --verbose. */
export function tellError(error: unknown): void {
  // Commander has told of its own.
  if (error instanceof CommanderError) return;
  const { message, exitCode } = reportError(error);
  const ours = exitCode === EXIT.bug ? " (a fault of ours; --verbose shows where)" : "";
  console.error(`hilum: ${inPaths(message)}${ours}`);
  if (process.env.HILUM_VERBOSE === "1") console.error(error);
}
