import { constants, setPriority } from "node:os";
import { parentPort, type TransferListItem } from "node:worker_threads";
import { reportError } from "../domain/errors.ts";
import { type CallTable, Moved, type Reply, type Request } from "./calls.ts";

export type Handlers<Calls extends CallTable<Calls>> = {
  readonly [Name in keyof Calls]: (
    ask: Calls[Name]["ask"],
  ) => Promise<Calls[Name]["answer"] | Moved<Calls[Name]["answer"]>>;
};

/** In a thread (call-thread.ts) or a process (call-process.ts): answers whoever started it, each call as soon as it is done. */
export function answerCalls<Calls extends CallTable<Calls>>(handlers: Handlers<Calls>): void {
  const byName = handlers as Readonly<Record<string, (ask: unknown) => Promise<unknown>>>;

  async function answer({ id, call, ask }: Request): Promise<void> {
    try {
      const answer = await byName[call]!(ask);
      if (answer instanceof Moved) post({ id, answer: answer.answer }, answer.transfer);
      else post({ id, answer });
    } catch (error) {
      const stack = error instanceof Error ? error.stack : undefined;
      post({ id, error: { ...reportError(error), stack } });
    }
  }

  (parentPort ?? process).on("message", answer);
}

function post(reply: Reply, transfer: readonly TransferListItem[] = []): void {
  if (parentPort !== null) parentPort.postMessage(reply, transfer);
  else if (process.connected) process.send!(reply);
}

/** Of a process: gives way to the one that started it, which answers health and uploads, and ends with it. */
export function giveWay(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  process.on("disconnect", () => process.exit(0));
  // Ctrl-C reaches the whole group; the parent decides when this process ends.
  process.on("SIGINT", () => {});
}
