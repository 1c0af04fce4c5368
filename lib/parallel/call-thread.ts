import { type CallTable, pendingCalls, type Reply } from "./calls.ts";
import { startThread } from "./start-thread.ts";

/** A thread that answers calls (answer-calls.ts). */
export interface CallThread<Calls extends CallTable<Calls>> {
  /** @throws what the call throws; what ended the thread, also where it has ended before */
  call<Name extends keyof Calls & string>(name: Name, ask: Calls[Name]["ask"]): Promise<Calls[Name]["answer"]>;
  /** Resolves when it has ended, to what ended it. */
  readonly ended: Promise<Error>;
  /** Ends it; what it was asked for and has not answered fails. */
  stop(): Promise<void>;
}

/** @param workerData what the thread finds under that name of node:worker_threads */
export function startCallThread<Calls extends CallTable<Calls>>(module: URL, workerData?: unknown): CallThread<Calls> {
  const worker = startThread(module, { workerData });
  const calls = pendingCalls();
  let fault: Error | undefined;
  worker.on("message", (reply: Reply) => calls.settle(reply));
  worker.on("error", (error) => {
    fault = error;
  });
  // Follows every error, and comes alone where the thread ends itself or is ended.
  const ended = new Promise<Error>((resolve) => {
    worker.on("exit", (code) => {
      fault ??= new Error(`the thread ended with ${code} before it answered`);
      calls.failAll(() => fault);
      resolve(fault);
    });
  });
  return {
    ended,
    async call(name, ask) {
      if (fault !== undefined) throw fault;
      const { request, answer } = calls.open(name, ask);
      worker.postMessage(request);
      return answer;
    },
    async stop() {
      await worker.terminate();
    },
  };
}
