import type { Division } from "../contracts/run-config.ts";
import { InputError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { hasBoxes } from "./boxes.ts";
import { readCsvHeader } from "./csv.ts";
import { folderOf } from "./descriptions.ts";
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
const BESIDE_USUAL = [BOXES_FILE, "BBox_List_2017.csv", "train_val_list.txt", "test_list.txt"];

/** In the folder itself or in one right below; hidden files are other programs' own. */
const TABLE = /^([^/]+\/)?[^/.][^/]*\.(csv|csv\.gz|txt)$/i;

type Kind = "csv" | "boxes" | "division" | "table";

/**
 * CheXpert's train.csv and valid.csv where they are; otherwise every CSV file there of a known kind, by its first row; otherwise
 * those in the folders there, each of which is a source of its own. Where there is none of a known kind, every CSV file, so
 * that reading says what it lacks.
 * @throws InputError `data` where there is no CSV file
 */
export async function findDataFiles(data: Store, division: Division = "drawn"): Promise<DataFiles> {
  const usual = await thereOf(data, USUAL_FILES[division]);
  if (usual.length > 0) return { csv: usual, beside: await thereOf(data, BESIDE_USUAL), passedOver: [] };
  const kinds = new Map<string, Kind>();
  for await (const { key } of data.list("")) {
    const kind = TABLE.test(key) ? await kindOf(data, key) : undefined;
    if (kind !== undefined) kinds.set(key, kind);
  }
  const of = (...wanted: Kind[]) => [...kinds].flatMap(([file, kind]) => (wanted.includes(kind) ? [file] : [])).sort();
  const known = of("csv");
  const above = known.filter((file) => folderOf(file) === "");
  const others = of("table");
  const csv = above.length > 0 ? above : known.length > 0 ? known : others;
  if (csv.length === 0) {
    throw new InputError(
      "data",
      `${data.uri}: no CSV file there; expected labels in CheXpert's form (train.csv, valid.csv) or NIH's (Data_Entry_2017.csv)`,
    );
  }
  const folders = new Set(csv.map(folderOf));
  const beside = of("boxes", "division").filter((file) => folders.has(folderOf(file)));
  return {
    csv,
    beside,
    passedOver: [...kinds.keys()].filter((file) => !csv.includes(file) && !beside.includes(file)).sort(),
  };
}

async function thereOf(data: Store, names: readonly string[]): Promise<string[]> {
  const there: string[] = [];
  for (const name of names) if (await data.head(name)) there.push(name);
  return there;
}

/** By its first row alone, but for what has none: a list of films is known by its name, and other texts are no tables. */
async function kindOf(data: Store, file: string): Promise<Kind | undefined> {
  if (isDivisionList(file)) return "division";
  if (/\.txt$/i.test(file)) return undefined;
  const header = await readCsvHeader(file, data.stream(file));
  if (hasBoxes(header) || file.endsWith(BOXES_FILE)) return "boxes";
  return roleOf(header) === undefined ? "table" : "csv";
}
