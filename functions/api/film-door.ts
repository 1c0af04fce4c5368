import type { Context, MiddlewareHandler } from "hono";
import type { UploadedFilm } from "../../lib/contracts/uploads.ts";
import { InputError, TemporaryError } from "../../lib/domain/errors.ts";
import { limiter } from "../../lib/parallel/limiter.ts";
import { filmBody, filmTooLarge, JSON_TYPE, typeOf } from "./bodies.ts";
import { bodyRoom } from "./body-room.ts";
import { callerGone } from "./caller-gone.ts";
import type { Limits } from "./dependencies.ts";
import { type Model, requireReady } from "./model.ts";
import { JSON_BYTES, jsonTooLarge } from "./parsers/json-text.ts";
import type { Uploads } from "./uploads/uploads.ts";

/**
 * Milliseconds that a request waits for a place before it is told to come again: a burst is answered, and a client that comes
 * again at once can't keep the service busy with refusals.
 */
const PATIENCE_MS = 1000;
/** Requests that may wait, each with its body in memory (body-room.ts). */
const MOST_WAITING = 256;

/** Room for a form's boundaries and fields around its films. */
const FORM_OVERHEAD = 100_000;

/** The way of films into the service: so many bytes each and together, then so many requests at once. */
export interface FilmDoor {
  /** What stands before a route whose body may be so long, and so long where it is JSON. */
  guard(maxBytes: number, jsonBytes?: number): MiddlewareHandler[];
  /** Does something with the film of a request; an upload is deleted when it was answered for or refused. */
  withFilm<T>(c: Context, use: (film: Uint8Array) => Promise<T>): Promise<T>;
  /** The same with an upload. */
  withUpload<T>(upload: UploadedFilm["upload"], use: (film: Uint8Array) => Promise<T>): Promise<T>;
}

export function filmDoor(model: Model, limits: Limits, uploads: Uploads | undefined): FilmDoor {
  const room = bodyRoom(limits.heldBytes);
  const gate = limiter({
    places: limits.requestsAtOnce,
    mostWaiting: MOST_WAITING,
    patience: PATIENCE_MS,
    full: (inside) => new TemporaryError("busy", `${inside} requests are being answered; try again`),
  });

  const whenReady: MiddlewareHandler = (_, next) => {
    requireReady(model);
    return next();
  };

  const admitted: MiddlewareHandler = (c, next) => gate.run(next, { signal: callerGone(c) });

  const withUpload: FilmDoor["withUpload"] = async (upload, use) => {
    if (uploads === undefined) throw uploadsOff();
    const film = await uploads.take(upload);
    try {
      const answer = await use(film);
      await uploads.remove(upload);
      return answer;
    } catch (error) {
      // Whoever is told to come again need not send the film again.
      if (!(error instanceof TemporaryError)) await uploads.remove(upload);
      throw error;
    }
  };

  return {
    // A place is taken once the body is here, so that nobody waits for another's slow line.
    guard(maxBytes, jsonBytes = JSON_BYTES) {
      const films = { bytes: maxBytes + FORM_OVERHEAD, tooLong: () => filmTooLarge(maxBytes) };
      const json = { bytes: jsonBytes, tooLong: (bytes: number) => jsonTooLarge(bytes, jsonBytes) };
      return [whenReady, room.read((c) => (typeOf(c) === JSON_TYPE ? json : films)), admitted];
    },
    async withFilm(c, use) {
      const sent = await filmBody(c, limits);
      return sent instanceof Uint8Array ? use(sent) : withUpload(sent.upload, use);
    },
    withUpload,
  };
}

export const uploadsOff = (): InputError =>
  new InputError("uploads-off", "uploads: this service has no place for them; send the film in the request");
