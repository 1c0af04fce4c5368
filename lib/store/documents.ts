import type * as z from "zod";
import { tellIssues } from "../contracts/tell-issues.ts";
import { InputError } from "../domain/errors.ts";
import { undefinedIfMissing } from "./errors.ts";
import type { Etag, Store } from "./store.ts";

/** A document as it is stored: JSON that people can read, with a newline at its end. */
export const encodeDocument = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** @throws InputError `document` where the bytes are no JSON of that schema; `where` is its URI */
export function decodeDocument<T extends z.ZodType>(schema: T, bytes: Uint8Array, where: string): z.infer<T> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new InputError("document", `${where}: expected JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new InputError("document", `${where}: ${tellIssues(parsed.error, "document")}`, { cause: parsed.error });
}

/** @throws NotFoundError; InputError `document` */
export async function readDocument<T extends z.ZodType>(store: Store, key: string, schema: T): Promise<z.infer<T>> {
  return decodeDocument(schema, await store.get(key), `${store.uri}/${key}`);
}

/** The same, or undefined where there is no such object. */
export async function findDocument<T extends z.ZodType>(
  store: Store,
  key: string,
  schema: T,
): Promise<z.infer<T> | undefined> {
  return readDocument(store, key, schema).catch(undefinedIfMissing);
}

/** Checks the value against its schema, so that what is written can be read. */
export async function writeDocument<T extends z.ZodType>(
  store: Store,
  key: string,
  schema: T,
  value: z.input<T>,
): Promise<Etag> {
  return store.put(key, encodeDocument(schema.parse(value)));
}
