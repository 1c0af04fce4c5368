import { COLUMNS_FILE, type ColumnMapping } from "../../contracts/column-mapping.ts";
import type { Source } from "../../contracts/provenance.ts";
import type { InputError } from "../../domain/errors.ts";
import { type Aliases, renamed } from "../column-names.ts";
import { fault } from "../csv.ts";
import { chexpert } from "./chexpert.ts";
import { mimicCxr } from "./mimic-cxr.ts";
import { nihChestXray14 } from "./nih-chestxray14.ts";
import { plainColumns, plainFormat } from "./plain.ts";
import type { SourceFormat } from "./source-format.ts";

export const FORMATS: readonly SourceFormat[] = [chexpert, nihChestXray14, mimicCxr];

/** What a CSV file is to its format: rows of films, or labels of studies. */
export interface FileRole {
  readonly format: SourceFormat;
  readonly holds: "films" | "labels";
  /** Whether it is somebody's own table, and of no published kind. */
  readonly isOwn?: boolean;
}

interface Columns {
  readonly columns: readonly string[];
  readonly aliases?: Aliases;
  readonly signature: readonly string[];
  readonly others?: readonly string[];
}

/** Its signature by name, or all of its columns by whatever name: one word in another case tells little of a file. */
function isOf(header: readonly string[], { columns, aliases, signature, others = [] }: Columns): boolean {
  const names = renamed(header, [...columns, ...others], aliases);
  if (others.some((name) => names.includes(name))) return false;
  return [
    [header, signature],
    [names, columns],
  ].some(([has, asked]) => asked!.every((name) => has!.includes(name)));
}

/** Of a published kind, or a table of somebody's own; by the file's first row and what a mapping says of it, never by its name. */
export function roleOf(header: readonly string[], mapping?: ColumnMapping): FileRole | undefined {
  if (mapping === undefined) {
    for (const format of FORMATS) {
      if (isOf(header, format)) return { format, holds: "films" };
      if (format.labels && isOf(header, format.labels)) return { format, holds: "labels" };
    }
    // What has a kind's signature and is another's of the same films is nobody's own table.
    if (FORMATS.some(({ others }) => others?.some((name) => renamed(header, others).includes(name)))) return undefined;
  }
  const columns = plainColumns(header, mapping);
  return typeof columns === "string"
    ? undefined
    : { format: plainFormat(columns, mapping), holds: "films", isOwn: true };
}

/** How a kind that has some of a header's columns and not all of its own is told. */
const EXAMPLE =
  "Path, any of Patient, Study, View, Sex, Age, Date and Split, and a column an observation or one of Labels";

/** Why a file is of no kind: the nearest, and what it lacks. */
export function unknownForm(file: string, header: readonly string[], mapping?: ColumnMapping): InputError {
  const plain = plainColumns(header, mapping);
  if (mapping !== undefined) return fault(file, 1, `${plain}, expected it as ${COLUMNS_FILE} or data.columns says`);
  const near = FORMATS.map(({ name, columns, aliases }) => {
    const names = renamed(header, columns, aliases);
    return { name, columns, lacks: columns.filter((column) => !names.includes(column)) };
  }).sort((a, b) => a.lacks.length / a.columns.length - b.lacks.length / b.columns.length)[0]!;
  const isNear = near.lacks.length <= near.columns.length / 2;
  const columns = near.lacks.length === 1 ? `column ${near.lacks[0]} is` : `columns ${near.lacks.join(", ")} are`;
  const nearest = isNear
    ? `nearest to ${near.name}'s form, but ${columns} missing, expected ${near.columns.join(",")}`
    : `nearest to a plain table of films, but ${plain}`;
  return fault(file, 1, `${nearest}; or expected a table of your own: ${EXAMPLE} (other names in ${COLUMNS_FILE})`);
}

/** What is known of a data set by its file's first row and the first folders of its paths. */
export const knownSource = (header: readonly string[], folder: string): Source | undefined =>
  roleOf(header)?.format.known.find((one) => one.folder.test(folder))?.source;
