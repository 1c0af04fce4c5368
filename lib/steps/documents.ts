import type * as z from "zod";
import { InputError } from "../domain/errors.ts";
import type { Etag, Store } from "../store/store.ts";

/**
 * A JSON document, parsed by its schema.
 * @throws NotFoundError, and InputError (`document`) naming the object and each field that is wrong
 */
export async function readDocument<T extends z.ZodType>(store: Store, key: string, schema: T): Promise<z.infer<T>> {
  return parseDocument(`${store.uri}/${key}`, await store.get(key), schema);
}

/** The document, or undefined where there is none. */
export async function readDocumentIfAny<T extends z.ZodType>(
  store: Store,
  key: string,
  schema: T,
): Promise<z.infer<T> | undefined> {
  return (await store.head(key)) ? readDocument(store, key, schema) : undefined;
}

/** Checks the value against its schema and writes it as indented JSON, whole or not at all. */
export async function writeDocument<T extends z.ZodType>(
  store: Store,
  key: string,
  schema: T,
  value: z.input<T>,
): Promise<Etag> {
  return store.put(key, Buffer.from(`${JSON.stringify(schema.parse(value), null, 2)}\n`));
}

/** `where` names the document in messages. */
export function parseDocument<T extends z.ZodType>(where: string, bytes: Uint8Array, schema: T): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch (cause) {
    throw new InputError("document", `${where}: not JSON`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".") || "document"}: ${issue.message}`);
  throw new InputError("document", `${where}: ${faults.slice(0, 5).join("; ")}`, { cause: parsed.error });
}
