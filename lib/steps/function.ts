import type * as z from "zod";
import { FunctionEnvironment, parseEnvironment } from "../contracts/environment.ts";
import { ExecutionInput } from "../contracts/execution.ts";
import { tellIssues } from "../contracts/tell-issues.ts";
import { EXIT, InputError, reportError, TemporaryError } from "../domain/errors.ts";
import { openRooms, type Rooms } from "../store/open.ts";
import { createReporter } from "./progress.ts";
import { runStep, type StepWork } from "./run-step.ts";

/** What an answer may read: the run's objects, never what `work` kept in memory, since a finished step is not run again. */
export interface AnswerContext {
  readonly run: string;
  readonly rooms: Rooms;
}

/**
 * A function of the state machine. `work` happens once a run; `answer` each time it is asked, from what work wrote.
 * An error is thrown as InputError or TemporaryError, names that Retry matches and the failure is told by; anything else is our bug.
 */
export function stepFunction<Answer = Record<string, never>>(options: {
  readonly step: string;
  readonly work: StepWork;
  readonly answer?: (context: AnswerContext) => Promise<Answer>;
}): (event: unknown) => Promise<Answer> {
  const { step, work, answer = async () => ({}) as Answer } = options;
  return async (event) => {
    try {
      const environment = parseEnvironment(FunctionEnvironment);
      const { run } = parseEvent(ExecutionInput, event);
      await runStep({ step, run, environment }, work);
      return await answer({ run, rooms: openRooms(environment) });
    } catch (error) {
      createReporter(step).note("error", reportError(error).message);
      throw named(error);
    }
  };
}

function parseEvent<T extends z.ZodType>(schema: T, event: unknown): z.infer<T> {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new InputError("event", `event: ${tellIssues(parsed.error, "it")}`, { cause: parsed.error });
}

/** The error under one of the two names that the state machine knows, or as it is where it is our bug. */
function named(error: unknown): unknown {
  const { code, message, exitCode } = reportError(error);
  if (exitCode === EXIT.input) return new InputError(code, message, { cause: error });
  if (exitCode === EXIT.temporary) return new TemporaryError(code, message, { cause: error });
  return error;
}
