import type { TransferListItem } from "node:worker_threads";
import { type ErrorReport, errorFromReport } from "../domain/errors.ts";

/** The one protocol by which threads and processes are asked: a message a call, a message an answer, in any order. */

/** Calls by their name: what is asked, and what is answered. */
export type CallTable<Calls> = { readonly [Name in keyof Calls]: { ask: unknown; answer: unknown } };

export interface Request {
  readonly id: number;
  readonly call: string;
  readonly ask: unknown;
}

export type Failure = ErrorReport & { readonly stack?: string | undefined };
export type Reply = { readonly id: number } & ({ readonly answer: unknown } | { readonly error: Failure });

/** An answer of a thread, and the memory of it that moves instead of being copied. */
export class Moved<Answer> {
  readonly answer: Answer;
  readonly transfer: readonly TransferListItem[];

  constructor(answer: Answer, transfer: readonly TransferListItem[]) {
    this.answer = answer;
    this.transfer = transfer;
  }
}

/** Calls that were sent and have no answer yet. */
export interface PendingCalls {
  /** A call to send, and what it is answered; errors come back under their kind. */
  open(call: string, ask: unknown): { readonly request: Request; readonly answer: Promise<unknown> };
  settle(reply: Reply): void;
  /** @returns whether it still waited */
  fail(id: number, error: unknown): boolean;
  failAll(error: () => unknown): void;
}

export function pendingCalls(): PendingCalls {
  const waiting = new Map<number, Opened>();
  let last = 0;

  const taken = (id: number): Opened | undefined => {
    const call = waiting.get(id);
    waiting.delete(id);
    return call;
  };

  const fail = (id: number, error: unknown): boolean => {
    const call = taken(id);
    call?.reject(error);
    return call !== undefined;
  };

  return {
    open(call, ask) {
      last += 1;
      const opened = open();
      waiting.set(last, opened);
      return { request: { id: last, call, ask }, answer: opened.promise };
    },
    settle(reply) {
      if ("error" in reply) fail(reply.id, errorFromReport(reply.error));
      else taken(reply.id)?.resolve(reply.answer);
    },
    fail,
    failAll(error) {
      for (const id of [...waiting.keys()]) fail(id, error());
    },
  };
}

interface Opened {
  readonly promise: Promise<unknown>;
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** As Promise.withResolvers, which Node 20 has not. */
function open(): Opened {
  let settle: Omit<Opened, "promise"> | undefined;
  const promise = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
