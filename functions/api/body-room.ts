import type { Context, MiddlewareHandler } from "hono";
import { InputError, TemporaryError } from "../../lib/domain/errors.ts";
import { Turns } from "./parsers/turns.ts";

/** Where a request's body is, once it was read. */
export type BodyEnv = { Variables: { body?: Buffer } };

const NOTHING = new Uint8Array();

export interface BodyLimit {
  readonly bytes: number;
  /** What a longer body is told, of so many bytes as far as is known. */
  readonly tooLong: (bytes: number) => Error;
}

export interface BodyRoom {
  /** Reads a request's body whole before what comes next, and gives its bytes back after that. */
  read(limitOf: (c: Context) => BodyLimit): MiddlewareHandler<BodyEnv>;
}

/**
 * Memory for bodies, on their way in or being answered. What counts are bytes that have come, not those that were
 * announced: a slow client takes no more room than it has filled.
 * @param bytes of all bodies together
 */
export function bodyRoom(bytes: number): BodyRoom {
  let held = 0;

  return {
    read: (limitOf) => async (c, next) => {
      const body = c.req.raw.body;
      if (body === null) return next();
      const { bytes: most, tooLong } = limitOf(c);
      const announced = Number(c.req.header("content-length"));
      if (announced > most) throw tooLong(announced);
      let own = 0;
      try {
        const pieces: Uint8Array[] = [];
        for await (const piece of piecesOf(body)) {
          own += piece.length;
          held += piece.length;
          if (own > most) throw tooLong(own);
          if (held > bytes) throw new TemporaryError("busy", "too many films are on their way in; try again");
          pieces.push(piece);
        }
        c.set("body", await joined(pieces, own));
        await next();
      } finally {
        held -= own;
      }
    },
  };
}

/** One copy, made in turns: a hundred megabytes take as long as others should not wait. */
async function joined(pieces: Uint8Array[], length: number): Promise<Buffer> {
  const turns = new Turns();
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const [index, piece] of pieces.entries()) {
    whole.set(piece, at);
    at += piece.length;
    pieces[index] = NOTHING;
    await turns.worked(piece.length);
  }
  return whole;
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
