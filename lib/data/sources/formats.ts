import type { Source } from "../../contracts/provenance.ts";
import { type Aliases, renamed } from "../column-names.ts";
import { chexpert } from "./chexpert.ts";
import { mimicCxr } from "./mimic-cxr.ts";
import { nihChestXray14 } from "./nih-chestxray14.ts";
import type { SourceFormat } from "./source-format.ts";

export const FORMATS: readonly SourceFormat[] = [chexpert, nihChestXray14, mimicCxr];

/** What a CSV file is to its format: rows of films, or labels of studies. */
export type FileRole = { readonly format: SourceFormat; readonly holds: "films" | "labels" };

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

/** By the file's first row alone, never by its name. */
export function roleOf(header: readonly string[]): FileRole | undefined {
  for (const format of FORMATS) {
    if (isOf(header, format)) return { format, holds: "films" };
    if (format.labels && isOf(header, format.labels)) return { format, holds: "labels" };
  }
  return undefined;
}

/** What is known of a data set by its file's first row and the first folders of its paths. */
export const knownSource = (header: readonly string[], folder: string): Source | undefined =>
  roleOf(header)?.format.known.find((one) => one.folder.test(folder))?.source;
