import type { ModelVersion } from "../contracts/model-version.ts";
import { type ErrorReport, reportError } from "../domain/errors.ts";
import type { AnswerOptions, FilmAnswer, FilmPicture, FilmSource, PictureOptions, Vitals } from "./film-service.ts";

/** What a predictor's process is asked, and what it answers. */
export interface Calls {
  readonly load: { ask: { versionFolder: string; version: ModelVersion }; answer: null };
  readonly answer: { ask: { film: FilmSource; options: AnswerOptions }; answer: FilmAnswer };
  readonly picture: { ask: { film: FilmSource; options: PictureOptions }; answer: FilmPicture };
  readonly vitals: { ask: null; answer: Vitals };
}
export type CallName = keyof Calls;

export interface Request<Name extends CallName = CallName> {
  readonly id: number;
  readonly call: Name;
  readonly ask: Calls[Name]["ask"];
}

export type Reply =
  | { readonly id: number; readonly answer: Calls[CallName]["answer"] }
  | { readonly id: number; readonly error: ErrorReport };

export const errorReply = (id: number, error: unknown): Reply => ({ id, error: reportError(error) });
