import { posix } from "node:path";
import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { folderOf } from "./descriptions.ts";
import type { Manifest } from "./film-columns.ts";
import { gunzip } from "./gunzip.ts";
import { alike } from "./match-films.ts";

/** Lists of film names, one a line, by the part that they put them in: as NIH ChestX-ray14 is published. */
const LISTS: readonly (readonly [file: RegExp, part: "train" | "test"])[] = [
  [/^train_val_list.*\.txt$/i, "train"],
  [/^test_list.*\.txt$/i, "test"],
];

const partOf = (file: string): "train" | "test" | undefined =>
  LISTS.find(([pattern]) => pattern.test(posix.basename(file)))?.[1];

export const isDivisionList = (file: string): boolean => partOf(file) !== undefined;

/**
 * The part that lists beside the CSV files put each row in; null where none names its film. Names that are no row's are
 * passed over: whoever takes a part of a data set's rows keeps its lists.
 * @throws InputError `given-test` where two lists put one film in two parts
 */
export async function listedDivision(
  data: Store,
  beside: readonly string[],
  { path, file }: Pick<Manifest, "path" | "file">,
): Promise<(string | null)[]> {
  const byFolder = new Map<string, Map<string, string>>();
  for (const list of beside.filter(isDivisionList)) {
    const parts = byFolder.get(folderOf(list)) ?? new Map<string, string>();
    byFolder.set(folderOf(list), parts);
    const part = partOf(list)!;
    for (const [i, name] of (await textOf(data, list)).split(/\r?\n/).entries()) {
      const film = alike(posix.basename(name.trim()));
      if (film === "") continue;
      if ((parts.get(film) ?? part) !== part) {
        const what = `a film that another list puts in the ${parts.get(film)} part, expected it in one`;
        throw new InputError("given-test", `${list} line ${i + 1}: ${what}`);
      }
      parts.set(film, part);
    }
  }
  if (byFolder.size === 0) return path.map(() => null);
  return path.map((film, row) => byFolder.get(folderOf(file[row]!))?.get(alike(posix.basename(film))) ?? null);
}

async function textOf(data: Store, file: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of gunzip(file, data.stream(file))) pieces.push(piece);
  return Buffer.concat(pieces)
    .toString("utf8")
    .replace(/^\ufeff/, "");
}
