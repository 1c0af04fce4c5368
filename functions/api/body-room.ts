import type { MiddlewareHandler } from "hono";
import { InputError, TemporaryError } from "../../lib/domain/errors.ts";

export interface BodyRoom {
  /**
   * Reads a request's body whole before what comes next, and gives its bytes back after that.
   * @param tooLong what a longer body is told
   */
  read(maxBytes: number, tooLong: () => Error): MiddlewareHandler;
}

/**
 * Memory for bodies, on their way in or being answered. What counts are bytes that have come, not those that were
 * announced: a slow client takes no more room than it has filled.
 * @param bytes of all bodies together
 */
export function bodyRoom(bytes: number): BodyRoom {
  let held = 0;

  return {
    read: (maxBytes, tooLong) => async (c, next) => {
      const body = c.req.raw.body;
      if (body === null) return next();
      if (Number(c.req.header("content-length")) > maxBytes) throw tooLong();
      let own = 0;
      try {
        const pieces: Uint8Array[] = [];
        for await (const piece of piecesOf(body)) {
          own += piece.length;
          held += piece.length;
          if (own > maxBytes) throw tooLong();
          if (held > bytes) throw new TemporaryError("busy", "too many films are on their way in; try again");
          pieces.push(piece);
        }
        c.req.raw = new Request(c.req.raw, { body: Buffer.concat(pieces) });
        await next();
      } finally {
        held -= own;
      }
    },
  };
}

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new InputError("bad-request", "body: cut off before its end", { cause });
    });
    if (done) return;
    yield value;
  }
}
