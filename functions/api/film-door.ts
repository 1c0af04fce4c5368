import type { Context, MiddlewareHandler } from "hono";
import type { UploadedFilm } from "../../lib/contracts/uploads.ts";
import { InputError, TemporaryError } from "../../lib/domain/errors.ts";
import { admission } from "./admission.ts";
import { filmBody, filmTooLarge, JSON_TYPE, typeOf } from "./bodies.ts";
import { bodyRoom } from "./body-room.ts";
import type { Limits } from "./dependencies.ts";
import { type Model, requireReady } from "./model.ts";
import { JSON_BYTES, jsonTooLarge } from "./parsers/json-text.ts";
import type { Uploads } from "./uploads/uploads.ts";

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
  const gate = admission(limits.filmsAtOnce);

  const whenReady: MiddlewareHandler = (_, next) => {
    requireReady(model);
    return next();
  };

  const admitted: MiddlewareHandler = async (_, next) => {
    const leave = await gate.enter();
    try {
      await next();
    } finally {
      leave();
    }
  };

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
