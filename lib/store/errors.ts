import { InputError, TemporaryError } from "../domain/errors.ts";

/** There is no object under that key. */
export class NotFoundError extends InputError {
  constructor(uri: string, key: string, options?: ErrorOptions) {
    super("not-found", `${uri}/${key}: no such object`, options);
  }
}

/** For a promise's `catch`: undefined where there is no such object; all else is thrown on. */
export function undefinedIfMissing(error: unknown): undefined {
  if (!(error instanceof NotFoundError)) throw error;
}

/** Somebody else wrote first; read again and decide anew. */
export class PreconditionError extends TemporaryError {
  constructor(uri: string, key: string, options?: ErrorOptions) {
    super("precondition-failed", `${uri}/${key}: changed by another writer`, options);
  }
}
