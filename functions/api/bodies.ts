import type { Context } from "hono";
import type * as z from "zod";
import { FILM_REFUSALS, refusal } from "../../lib/contracts/codes.ts";
import { Feedback } from "../../lib/contracts/feedback.ts";
import { InferRequest } from "../../lib/contracts/open-inference.ts";
import { UploadedFilm } from "../../lib/contracts/uploads.ts";
import { InputError } from "../../lib/domain/errors.ts";
import type { BodyEnv } from "./body-room.ts";
import type { Limits } from "./dependencies.ts";
import { type Part, parseForm } from "./parsers/form.ts";
import { jsonTooLarge, parseJson } from "./parsers/json-text.ts";
import { type Span, takeDataApart } from "./parsers/tensor-text.ts";
import { LimitError } from "./problems.ts";

/** What requests carry. What a film is, its own first bytes decide; its name is never looked at. */

/** Kinds of raw body that may hold a film. */
const FILM_TYPES = /^(image\/(\*|[\w.+-]+)|application\/(dicom|octet-stream))$/;
export const JSON_TYPE = "application/json";
const FORM_TYPE = "multipart/form-data";

export const typeOf = (c: Context): string =>
  (c.req.header("content-type") ?? "application/octet-stream").split(";")[0]!.trim().toLowerCase();

const unsupported = (expected: string): InputError =>
  new InputError("unsupported-media-type", `content-type: not read here, expected ${expected}`);

/** The film of a request, or the upload that holds it. */
export async function filmBody(c: Context, { filmBytes }: Limits): Promise<Uint8Array | UploadedFilm> {
  const type = typeOf(c);
  if (type === JSON_TYPE) return jsonBody(c, UploadedFilm);
  if (type === FORM_TYPE) {
    const films = formFiles(await formBody(c), "film");
    if (films.length !== 1)
      throw new InputError("bad-multipart", `body: ${films.length} films, expected one in \`film\``);
    return withinLimit(films[0]!, filmBytes);
  }
  if (!FILM_TYPES.test(type)) {
    throw unsupported(
      "image/*, application/dicom, application/octet-stream, a form with `film`, or JSON with `upload`",
    );
  }
  return withinLimit(bodyOf(c), filmBytes);
}

/** The films of a form, in its order; each is looked at for itself later, empty or too large. */
export async function batchBody(c: Context, { batchFilms }: Limits): Promise<Uint8Array[]> {
  const type = typeOf(c);
  if (type !== FORM_TYPE) throw unsupported("multipart/form-data with several `film`");
  const films = formFiles(await formBody(c), "film");
  if (films.length === 0) throw new InputError("bad-multipart", "body: no films, expected some in `film`");
  if (films.length > batchFilms) {
    throw new LimitError("too-many-films", `body: ${films.length} films, expected at most ${batchFilms}`, batchFilms);
  }
  return films;
}

/** The one file `file` of a form, as S3 takes it too. */
export async function uploadBody(c: Context): Promise<Uint8Array> {
  const type = typeOf(c);
  if (type !== FORM_TYPE) throw unsupported("multipart/form-data with `file`");
  const files = formFiles(await formBody(c), "file");
  if (files.length !== 1)
    throw new InputError("bad-multipart", `body: ${files.length} files, expected one in \`file\``);
  return notEmpty(files[0]!);
}

/** A reader's feedback, as JSON or as a form with `feedback` and `film`. */
export async function feedbackBody(
  c: Context,
  { filmBytes }: Limits,
): Promise<{ feedback: Feedback; film: Uint8Array | null }> {
  const type = typeOf(c);
  if (type === JSON_TYPE) return { feedback: jsonBody(c, Feedback), film: null };
  if (type !== FORM_TYPE) throw unsupported("application/json, or multipart/form-data with `feedback` and `film`");
  const form = await formBody(c);
  const part = form.find(({ name }) => name === "feedback");
  if (part === undefined) throw new InputError("bad-multipart", "body: no field `feedback`");
  const feedback = parseJson(part.bytes, Feedback);
  const films = formFiles(form, "film");
  if (films.length > 1) throw new InputError("bad-multipart", `body: ${films.length} films, expected at most one`);
  return { feedback, film: films[0] ? withinLimit(films[0], filmBytes) : null };
}

/** A request of the Open Inference Protocol, its tensor's data left in its text. */
export async function inferBody(
  c: Context,
  { inferBytes }: Limits,
): Promise<{ request: InferRequest; body: Buffer; data: Span }> {
  const body = bodyOf(c);
  if (body.length > inferBytes) throw jsonTooLarge(body.length, inferBytes);
  const { rest, data } = await takeDataApart(body);
  const request = parseJson(rest, InferRequest);
  const [first, ...others] = data;
  if (first === undefined || others.length > 0) {
    throw new InputError("bad-request", `inputs.0.data: ${data.length} arrays, expected one`);
  }
  return { request, body, data: first };
}

const jsonBody = <T extends z.ZodType>(c: Context, schema: T): z.infer<T> => parseJson(bodyOf(c), schema);

/** What the door has read (film-door.ts). */
const bodyOf = (c: Context<BodyEnv>): Buffer => c.get("body") ?? Buffer.alloc(0);

const formBody = (c: Context): Promise<Part[]> => parseForm(bodyOf(c), c.req.header("content-type") ?? "");

function formFiles(form: readonly Part[], field: string): Uint8Array[] {
  const parts = form.filter(({ name }) => name === field);
  if (!parts.every(({ isFile }) => isFile)) {
    throw new InputError("bad-multipart", `body: \`${field}\` is text, expected a file`);
  }
  return parts.map(({ bytes }) => bytes);
}

function notEmpty(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw refusal("film-empty");
  return bytes;
}

/** @throws InputError `film-empty`; LimitError `film-too-large` */
export function withinLimit(film: Uint8Array, limit: number): Uint8Array {
  if (film.length > limit) throw filmTooLarge(limit);
  return notEmpty(film);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1).replace(/\.0$/, "")} MB`;

/** What a film over the limit is told. */
export const filmTooLarge = (limit: number): LimitError =>
  new LimitError("film-too-large", `${FILM_REFUSALS["film-too-large"].text} (${megabytes(limit)})`, limit);
