/**
 * A child process that runs the state machine's functions as Lambda would: it loads a handler's module once, calls
 * it with each event, and answers its result or its error. Started by functions.ts.
 */
import type { Answer, Call } from "./functions.ts";

type Handler = (event: unknown) => Promise<unknown>;

async function answer({ id, module, event }: Call): Promise<Answer> {
  try {
    const { handler } = (await import(module)) as { handler: Handler };
    return { id, result: (await handler(event)) ?? null };
  } catch (error) {
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    if (process.env.HILUM_VERBOSE === "1") console.error(error);
    return { id, error: { errorType: name, errorMessage: message, trace: stack?.split("\n") ?? [] } };
  }
}

process.on("message", async (call: Call) => process.send?.(await answer(call)));
process.on("disconnect", () => process.exit());
