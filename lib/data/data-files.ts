import { COLUMNS_FILE, type ColumnMapping } from "../contracts/column-mapping.ts";
import type { Division } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { hasBoxes } from "./boxes.ts";
import { readCsvHeader } from "./csv.ts";
import { folderOf } from "./descriptions.ts";
import { isColumnsFile, type Mappings, readMappings } from "./mappings.ts";
import { isDivisionList } from "./own-division.ts";
import { roleOf } from "./sources/formats.ts";

/** Files of a data folder, by what they are for. */
export interface DataFiles {
  /** Rows of films, or labels of studies, in the order in which they count. */
  readonly csv: string[];
  /** In their folders: boxes of findings, lists of the data set's own division. */
  readonly beside: string[];
  /** Other tables. */
  readonly passedOver: string[];
}

/** CheXpert's own files, in the order in which the study appended them; with the last where their division counts: films of the test part are then no training films. */
const USUAL_FILES: Readonly<Record<Division, readonly string[]>> = {
  drawn: ["train.csv", "valid.csv"],
  "as-given": ["train.csv", "valid.csv", "test.csv"],
};

/** Beside these are looked for by name, since the folder is not listed for them. */
const BOXES_FILE = "boxes.csv";
const BESIDE_USUAL = [BOXES_FILE, "BBox_List_2017.csv", "train_val_list.txt", "test_list.txt", COLUMNS_FILE];

/** In the folder itself or in one right below; hidden files are other programs' own. */
const FILE = /^([^/]+\/)?[^/.][^/]*\.(csv|csv\.gz|txt|json)$/i;

/** Tables of films are of a published kind, or said or guessed to be somebody's own. */
type Kind = "published" | "own" | "boxes" | "beside" | "table";

/**
 * CheXpert's train.csv and valid.csv where they are; otherwise every CSV file there of a published kind or that is said to be of
 * films (hilum.columns.json), by its first row; otherwise those in the folders there, each of which is a source of its own;
 * otherwise, there or in the folders, what by its columns may be somebody's own. Where there is none, every CSV file, so
 * that reading says what it lacks.
 * @throws InputError `data` where there is no CSV file
 */
export async function findDataFiles(
  data: Store,
  division: Division = "drawn",
  columns?: ColumnMapping,
): Promise<DataFiles> {
  const usual = await thereOf(data, USUAL_FILES[division]);
  if (usual.length > 0) return { csv: usual, beside: await thereOf(data, BESIDE_USUAL), passedOver: [] };
  const files: string[] = [];
  for await (const { key } of data.list("")) if (FILE.test(key)) files.push(key);
  const mappings = await readMappings(data, files, columns);
  const kinds = new Map<string, Kind>();
  for (const file of files) {
    const kind = await kindOf(data, file, mappings);
    if (kind !== undefined) kinds.set(file, kind);
  }
  const of = (...wanted: Kind[]) => [...kinds].flatMap(([file, kind]) => (wanted.includes(kind) ? [file] : [])).sort();
  const above = (all: readonly string[]) => all.filter((file) => folderOf(file) === "");
  const choices = (["published", "own"] as const).flatMap((kind) => [above(of(kind)), of(kind)]);
  const csv = [...choices, of("table")].find((some) => some.length > 0) ?? [];
  if (csv.length === 0) {
    throw new InputError(
      "data",
      `${data.uri}: no CSV file there; expected labels in CheXpert's form (train.csv, valid.csv), in NIH's (Data_Entry_2017.csv), or in a table of your own (Path, and a column an observation)`,
    );
  }
  const folders = new Set(csv.map(folderOf));
  const beside = of("boxes", "beside").filter((file) => folders.has(folderOf(file)));
  return {
    csv,
    beside,
    passedOver: of("published", "own", "boxes", "table")
      .filter((file) => !csv.includes(file) && !beside.includes(file))
      .sort(),
  };
}

async function thereOf(data: Store, names: readonly string[]): Promise<string[]> {
  const there: string[] = [];
  for (const name of names) if (await data.head(name)) there.push(name);
  return there;
}

/** By its first row alone, but for what has none: a list of films is known by its name, and other texts are no tables. */
async function kindOf(data: Store, file: string, mappings: Mappings): Promise<Kind | undefined> {
  if (isDivisionList(file) || isColumnsFile(file)) return "beside";
  if (/\.(txt|json)$/i.test(file)) return undefined;
  const header = await readCsvHeader(file, data.stream(file));
  if (hasBoxes(header) || file.endsWith(BOXES_FILE)) return "boxes";
  const mapping = mappings(file);
  const role = roleOf(header, mapping);
  if (role === undefined) return "table";
  return role.isOwn && mapping === undefined ? "own" : "published";
}
