import type { Context } from "hono";
import type * as z from "zod";
import { Feedback } from "../../lib/contracts/feedback.ts";
import { UploadedFilm } from "../../lib/contracts/uploads.ts";
import { InputError } from "../../lib/domain/errors.ts";
import type { Limits } from "./dependencies.ts";
import { parseForm } from "./form-body.ts";
import { LimitError, schemaError } from "./problems.ts";

/** What requests carry. What a film is, its own first bytes decide; its name is never looked at. */

/** Kinds of raw body that may hold a film. */
const FILM_TYPES = /^(image\/(\*|[\w.+-]+)|application\/(dicom|octet-stream))$/;
const JSON_TYPE = "application/json";
const FORM_TYPE = "multipart/form-data";

const typeOf = (c: Context): string =>
  (c.req.header("content-type") ?? "application/octet-stream").split(";")[0]!.trim().toLowerCase();

const unsupported = (expected: string): InputError =>
  new InputError("unsupported-media-type", `content-type: not read here, expected ${expected}`);

/** The film of a request, or the upload that holds it. */
export async function filmBody(c: Context, { filmBytes }: Limits): Promise<Uint8Array | UploadedFilm> {
  const type = typeOf(c);
  if (type === JSON_TYPE) return jsonBody(c, UploadedFilm);
  if (type === FORM_TYPE) {
    const films = await formFiles(await formBody(c), "film");
    if (films.length !== 1)
      throw new InputError("bad-multipart", `body: ${films.length} films, expected one in \`film\``);
    return withinLimit(films[0]!, filmBytes);
  }
  if (!FILM_TYPES.test(type)) {
    throw unsupported(
      "image/*, application/dicom, application/octet-stream, a form with `film`, or JSON with `upload`",
    );
  }
  return withinLimit(new Uint8Array(await c.req.arrayBuffer()), filmBytes);
}

/** The films of a form, in its order; each is looked at for itself later, empty or too large. */
export async function batchBody(c: Context, { batchFilms }: Limits): Promise<Uint8Array[]> {
  const type = typeOf(c);
  if (type !== FORM_TYPE) throw unsupported("multipart/form-data with several `film`");
  const films = await formFiles(await formBody(c), "film");
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
  const files = await formFiles(await formBody(c), "file");
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
  if (type === JSON_TYPE) return { feedback: await jsonBody(c, Feedback), film: null };
  if (type !== FORM_TYPE) throw unsupported("application/json, or multipart/form-data with `feedback` and `film`");
  const form = await formBody(c);
  const part = form.get("feedback");
  if (part === null) throw new InputError("bad-multipart", "body: no field `feedback`");
  const feedback = parseJson(typeof part === "string" ? part : await part.text(), Feedback);
  const films = await formFiles(form, "film");
  if (films.length > 1) throw new InputError("bad-multipart", `body: ${films.length} films, expected at most one`);
  return { feedback, film: films[0] ? withinLimit(films[0], filmBytes) : null };
}

/** More than any upload's name or reader's labels take: what is parsed holds up everybody else meanwhile. */
const JSON_BYTES = 100_000;

/** @throws InputError `bad-json`, `bad-request`; LimitError `json-too-large` */
export async function jsonBody<T extends z.ZodType>(c: Context, schema: T, limit = JSON_BYTES): Promise<z.infer<T>> {
  const announced = Number(c.req.header("content-length") ?? 0);
  const bytes = announced > limit ? announced : (await c.req.arrayBuffer()).byteLength;
  if (bytes > limit) {
    throw new LimitError("json-too-large", `body: JSON of ${bytes} bytes, expected at most ${limit}`, limit);
  }
  return parseJson(await c.req.text(), schema);
}

function parseJson<T extends z.ZodType>(text: string, schema: T): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InputError("bad-json", "body: expected JSON", { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw schemaError("bad-request", "body", parsed.error);
  return parsed.data;
}

async function formBody(c: Context): Promise<FormData> {
  try {
    return await parseForm(Buffer.from(await c.req.arrayBuffer()), c.req.header("content-type") ?? "");
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    throw new InputError("bad-multipart", "body: not well-formed multipart/form-data", { cause });
  }
}

async function formFiles(form: FormData, field: string): Promise<Uint8Array[]> {
  const parts = form.getAll(field);
  if (!parts.every((part) => part instanceof File)) {
    throw new InputError("bad-multipart", `body: \`${field}\` is text, expected a file`);
  }
  return Promise.all(parts.map(async (part) => new Uint8Array(await part.arrayBuffer())));
}

function notEmpty(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) throw new InputError("empty-body", "body: empty, expected a film");
  return bytes;
}

/** @throws InputError `empty-body`; LimitError `film-too-large` */
export function withinLimit(film: Uint8Array, limit: number): Uint8Array {
  if (film.length > limit) throw filmTooLarge(limit);
  return notEmpty(film);
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1).replace(/\.0$/, "")} MB`;

/** What a film over the limit is told. */
export const filmTooLarge = (limit: number): LimitError =>
  new LimitError("film-too-large", `body: more than ${megabytes(limit)}, the most that this service takes`, limit);
