import { createHash } from "node:crypto";
import type * as z from "zod";
import { CARD_FILE, CardStatements } from "../contracts/card-statements.ts";
import { DATASET_FILE, DescribedSource, DescribedSources } from "../contracts/provenance.ts";
import { decodeDocument, findDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";

/** Folder of a file in the data folder; "" where it lies in that itself. */
export const folderOf = (name: string): string => name.slice(0, Math.max(0, name.lastIndexOf("/")));

const inFolder = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/**
 * SHA-256 over what people wrote about the films and the model. No part of the data set's fingerprint, since a word
 * about films changes none of their pixels: shards stay, and the run is another.
 * @returns undefined where there is nothing
 */
export async function hashOfDescriptions(data: Store, csv: readonly string[]): Promise<string | undefined> {
  const hash = createHash("sha256");
  let some = false;
  for (const file of [...new Set(csv.map((name) => inFolder(folderOf(name), DATASET_FILE))), CARD_FILE]) {
    if ((await data.head(file)) === undefined) continue;
    const bytes = await data.get(file);
    hash.update(`${file}\n${bytes.length}\n`).update(bytes);
    some = true;
  }
  return some ? hash.digest("hex") : undefined;
}

/** What is said of the films in a folder: nothing where nobody did. @throws InputError `document` naming file and key */
export async function describedSources(data: Store, folder: string): Promise<DescribedSource[]> {
  const file = inFolder(folder, DATASET_FILE);
  if ((await data.head(file)) === undefined) return [];
  const bytes = await data.get(file);
  const read = <T extends z.ZodType>(schema: T) => decodeDocument(schema, bytes, `${data.uri}/${file}`);
  return Buffer.from(bytes).toString().trimStart().startsWith("[") ? read(DescribedSources) : [read(DescribedSource)];
}

/** @throws InputError `document` naming file and key */
export const readCardStatements = (data: Store): Promise<CardStatements | undefined> =>
  findDocument(data, CARD_FILE, CardStatements);
