import { DATASET_FILE, type DescribedSource, type Provenance, type Source } from "../contracts/provenance.ts";
import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { readCsvHeader } from "./csv.ts";
import { describedSources, folderOf } from "./descriptions.ts";
import type { Manifest } from "./film-columns.ts";
import { knownSource } from "./sources/formats.ts";

/**
 * Where the rows' films come from: what `hilum.dataset.json` beside their CSV file says, otherwise what is known of the
 * data set that wrote it, otherwise no more than that they are the user's own.
 * @throws InputError `document` for a file of another form; `dataset` for a folder that no row is of
 */
export async function readProvenance(
  data: Store,
  { file, source }: Pick<Manifest, "file" | "source">,
): Promise<Provenance> {
  const found = new Map<string, Source>();
  for (const [folder, names] of sourcesByFolder(file, source)) {
    const described = await describedSources(data, folder);
    const used = new Set<DescribedSource>();
    for (const { name, file } of names) {
      const known = described.find((one) => one.folder === name) ?? described.find((one) => one.folder === undefined);
      if (known !== undefined) used.add(known);
      const origin = known === undefined ? await unsaid(data, file, name, folder) : withoutFolder(known);
      found.set(JSON.stringify(origin), origin);
    }
    const idle = described.find((one) => one.folder !== undefined && !used.has(one));
    if (idle !== undefined) throw unknownFolder(folder, idle, names);
  }
  return [...found.values()];
}

interface Named {
  /** First folders of the rows' paths, as the CSV has them. */
  readonly name: string;
  /** One of the CSV files that have such rows. */
  readonly file: string;
}

function sourcesByFolder(files: readonly string[], sources: readonly string[]): Map<string, Named[]> {
  const byFolder = new Map<string, Named[]>();
  const seen = new Set<string>();
  files.forEach((file, row) => {
    const folder = folderOf(file);
    const source = sources[row]!;
    if (seen.has(`${folder}\n${source}`)) return;
    seen.add(`${folder}\n${source}`);
    const name = folder === "" ? source : source.slice(folder.length + 1);
    byFolder.set(folder, [...(byFolder.get(folder) ?? []), { name, file }]);
  });
  return byFolder;
}

async function unsaid(data: Store, file: string, name: string, folder: string): Promise<Source> {
  const known = knownSource(await readCsvHeader(file, data.stream(file)), name);
  return known ?? { name: name || folder || "films", kind: "own" };
}

const withoutFolder = ({ folder: _, ...source }: DescribedSource): Source => source;

function unknownFolder(folder: string, { folder: named }: DescribedSource, names: readonly Named[]): InputError {
  const file = folder === "" ? DATASET_FILE : `${folder}/${DATASET_FILE}`;
  const there = names.map(({ name }) => JSON.stringify(name)).join(", ");
  return new InputError("dataset", `${file}: folder: no row is of ${JSON.stringify(named)}, expected one of ${there}`);
}
