import type { MessagePort, TransferListItem, Worker } from "node:worker_threads";
import { type ErrorReport, errorFromReport, reportError } from "../domain/errors.ts";

/** A value and the memory of it that moves instead of being copied. */
export interface Answer<T> {
  readonly value: T;
  readonly transfer?: readonly TransferListItem[];
}

// biome-ignore lint/suspicious/noExplicitAny: functions of any arguments; callers see their own types.
export type Calls = Record<string, (...args: any[]) => Promise<unknown>>;
type Handlers<C extends Calls> = {
  [K in keyof C]: (...args: Parameters<C[K]>) => Promise<Answer<Awaited<ReturnType<C[K]>>>>;
};

type Reply = { readonly id: number } & ({ readonly value: unknown } | { readonly failure: Failure });
type Failure = ErrorReport & { readonly stack: string | undefined };

/** In a thread: answers the calls that come through its port, each as soon as it is done. */
export function serveCalls<C extends Calls>(port: MessagePort, handlers: Handlers<C>): void {
  port.on("message", async ({ id, name, args }: { id: number; name: keyof C; args: Parameters<C[keyof C]> }) => {
    try {
      const { value, transfer } = await handlers[name](...args);
      port.postMessage({ id, value } satisfies Reply, transfer ?? []);
    } catch (error) {
      const failure = { ...reportError(error), stack: error instanceof Error ? error.stack : undefined };
      port.postMessage({ id, failure } satisfies Reply);
    }
  });
}

/** Calls into a thread that serves them. Errors come back under their kind. */
export function threadCalls<C extends Calls>(
  worker: Worker,
): <K extends keyof C>(name: K, ...args: Parameters<C[K]>) => ReturnType<C[K]> {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  let ended: Error | undefined;
  worker.on("message", (reply: Reply) => {
    const asked = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ("failure" in reply) asked?.reject(errorFromReport(reply.failure));
    else asked?.resolve(reply.value);
  });
  const end = (error: Error) => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", (code) => end(new Error(`the thread ended with ${code} before it answered`)));
  return (name, ...args) => {
    last += 1;
    const id = last;
    const answer = new Promise((resolve, reject) => {
      if (ended) reject(ended);
      else waiting.set(id, { resolve, reject });
    });
    worker.postMessage({ id, name, args });
    return answer as ReturnType<C[typeof name]>;
  };
}
