import type { Context } from "hono";
import { InputError } from "../../lib/domain/errors.ts";
import { LimitError } from "./problems.ts";

/** Kinds of raw body that may hold a film. What it is, its own first bytes decide. */
const FILM_TYPES = /^(image\/[\w.+-]+|application\/(dicom|octet-stream))$/;

const BODY_EXPECTED =
  "expected image/*, application/dicom, application/octet-stream, or multipart/form-data with `film`";

/** The film in a request: its raw body, or the field `film` of a form. Its name is never looked at. */
export async function filmBody(c: Context): Promise<Uint8Array> {
  const type = (c.req.header("content-type") ?? "application/octet-stream").split(";")[0]!.trim().toLowerCase();
  if (type === "multipart/form-data") return formFilm(c);
  if (!FILM_TYPES.test(type)) throw new InputError("unsupported-media-type", `content-type: ${type}; ${BODY_EXPECTED}`);
  return notEmpty(new Uint8Array(await c.req.arrayBuffer()), "body");
}

async function formFilm(c: Context): Promise<Uint8Array> {
  const form = await c.req.formData().catch((cause: unknown) => {
    throw new InputError("bad-multipart", "body: not well-formed multipart/form-data", { cause });
  });
  const films = form.getAll("film");
  const [film] = films;
  if (films.length !== 1 || !(film instanceof File)) {
    throw new InputError("bad-multipart", `body: ${films.length} files in the field \`film\`, expected one`);
  }
  return notEmpty(new Uint8Array(await film.arrayBuffer()), "film");
}

function notEmpty(bytes: Uint8Array, where: string): Uint8Array {
  if (bytes.length === 0) throw new InputError("empty-body", `${where}: empty, expected a film`);
  return bytes;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1).replace(/\.0$/, "")} MB`;

/** What a film over the limit is told. */
export const filmTooLarge = (limit: number): LimitError =>
  new LimitError("film-too-large", `body: more than ${megabytes(limit)}, the most that this service takes`, limit);
