import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import type { ManifestRows } from "./manifest-rows.ts";
import type { CsvFile, ReadFile } from "./read-sources.ts";
import type { SourceFormat } from "./sources/source-format.ts";

/** How many films of a file are looked for before giving up. */
const PROBES = 20;

/** From the path of a row to the key of its film. @throws InputError `films` where none of a file's films is there */
export async function findFilms(
  data: Store,
  { name, folder }: CsvFile,
  { places, isSpread = false }: SourceFormat,
  rows: ManifestRows,
  { row: first, count }: ReadFile["first"],
): Promise<(path: string) => string> {
  const under = (path: string): string => (folder === "" ? path : `${folder}/${path}`);
  if (count === 0) return under;
  const spread = Math.max(1, Math.floor(count / PROBES));
  for (let probe = 0; probe < Math.min(PROBES, count); probe += 1) {
    const path = rows.path(first + probe * spread);
    for (const place of places) if (await data.head(under(place(path)))) return (found) => under(place(found));
  }
  if (isSpread) {
    const byName = await filmsByName(data, under(""));
    if (byName.has(rows.path(first))) return (path) => byName.get(path) ?? under(path);
  }
  throw new InputError(
    "films",
    `${name} line ${rows.line(first)}: none of the file's films is there; expected them in ${data.uri} under the path of their row, with or without its first folder`,
  );
}

/** Films in any folder, as NIH's come in twelve. */
async function filmsByName(data: Store, prefix: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for await (const { key } of data.list(prefix)) found.set(key.slice(key.lastIndexOf("/") + 1), key);
  return found;
}
