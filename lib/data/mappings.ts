import { posix } from "node:path";
import { COLUMNS_FILE, ColumnMapping } from "../contracts/column-mapping.ts";
import { readDocument } from "../store/documents.ts";
import type { Store } from "../store/store.ts";
import { folderOf } from "./descriptions.ts";

export const isColumnsFile = (file: string): boolean => posix.basename(file) === COLUMNS_FILE;

/** What is said of the columns of a CSV file: by the configuration, or by `hilum.columns.json` beside it. */
export type Mappings = (file: string) => ColumnMapping | undefined;

/** @throws InputError `document` for a file of another form */
export async function readMappings(
  data: Store,
  beside: readonly string[],
  ofConfig?: ColumnMapping,
): Promise<Mappings> {
  if (ofConfig !== undefined) return () => ofConfig;
  const found = new Map<string, ColumnMapping>();
  for (const file of beside.filter(isColumnsFile)) {
    found.set(folderOf(file), await readDocument(data, file, ColumnMapping));
  }
  return (file) => found.get(folderOf(file));
}
