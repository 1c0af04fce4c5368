import type * as z from "zod";
import { JobEnvironment, parseEnvironment } from "../contracts/environment.ts";
import { reportError, TemporaryError } from "../domain/errors.ts";
import { createReporter } from "./progress.ts";
import { runStep, type StepContext, type StepSummary } from "./run-step.ts";

export interface ProgramOptions<T extends typeof JobEnvironment> {
  readonly step: string;
  /** Whether the step may run as an array job; its records then carry the member's index, 0 for a single job. */
  readonly array?: boolean;
  /** JobEnvironment or an extension of it. */
  readonly environment?: T;
}

/**
 * Body of a Batch job's main: parses the environment, does the step and sets the exit code (lib/domain/errors.ts).
 * SIGTERM and SIGINT abort the context's signal with a TemporaryError; a second one ends the process at once.
 */
export async function runProgram<T extends typeof JobEnvironment>(
  { step, array = false, environment: schema }: ProgramOptions<T>,
  work: (context: StepContext, environment: z.infer<T>) => Promise<StepSummary>,
): Promise<void> {
  const reporter = createReporter(step);
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(75);
    stop.abort(new TemporaryError("stopped", `${step}: stopped by ${name}; start it again to go on`));
  };
  // Never taken off: a signal after the work is done changes nothing, and must not look like a failure.
  process.on("SIGTERM", onSignal).on("SIGINT", onSignal);
  try {
    const environment = parseEnvironment(schema ?? JobEnvironment) as z.infer<T>;
    const options = {
      step,
      index: array ? environment.AWS_BATCH_JOB_ARRAY_INDEX : undefined,
      run: environment.HILUM_RUN,
      environment,
      signal: stop.signal,
    };
    await runStep(options, (context) => work(context, environment));
  } catch (error) {
    const report = reportError(error);
    reporter.note("error", report.message);
    if (process.env.HILUM_VERBOSE === "1") console.error(error);
    process.exitCode = report.exitCode;
  }
  // Ends here rather than by itself, when Node would give its handlers of signals up before the process is gone.
  process.exit();
}
