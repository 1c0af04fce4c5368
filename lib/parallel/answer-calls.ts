import { constants, setPriority } from "node:os";
import { type ErrorReport, reportError } from "../domain/errors.ts";
import type { CallTable, Request } from "./calls.ts";

export type Reply =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: ErrorReport };

export type Handlers<Calls extends CallTable<Calls>> = {
  readonly [Name in keyof Calls]: (ask: Calls[Name]["ask"]) => Promise<Calls[Name]["answer"]>;
};

/** Answers the process that started this one (call-process.ts) until it goes; gives way to it, which answers health and uploads. */
export function answerCalls<Calls extends CallTable<Calls>>(handlers: Handlers<Calls>): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  const byName = handlers as Readonly<Record<string, (ask: unknown) => Promise<unknown>>>;

  async function reply({ id, call, ask }: Request): Promise<Reply> {
    try {
      return { id, answer: await byName[call]!(ask) };
    } catch (error) {
      return { id, error: reportError(error) };
    }
  }

  process.on("message", async (request: Request) => {
    const answered = await reply(request);
    if (process.connected) process.send!(answered);
  });
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C reaches the whole group; the parent decides when this process ends.
  process.on("SIGINT", () => {});
}
