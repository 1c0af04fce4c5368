/**
 * A child process that runs the state machine's functions as Lambda would: it loads a handler's module once, calls
 * it with each event, and answers its result or its error. Started by functions.ts.
 */
import { answerCalls } from "../parallel/answer-calls.ts";
import type { FunctionCalls } from "./functions.ts";

type Handler = (event: unknown) => Promise<unknown>;

answerCalls<FunctionCalls>({
  async invoke({ module, event }) {
    try {
      const { handler } = (await import(module)) as { handler: Handler };
      return { result: (await handler(event)) ?? null };
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      if (process.env.HILUM_VERBOSE === "1") console.error(error);
      return { error: { errorType: name, errorMessage: message, trace: stack?.split("\n") ?? [] } };
    }
  },
});

process.on("disconnect", () => process.exit());
