import type { Source } from "../../contracts/provenance.ts";
import { chexpert } from "./chexpert.ts";
import { mimicCxr } from "./mimic-cxr.ts";
import { nihChestXray14 } from "./nih-chestxray14.ts";
import type { SourceFormat } from "./source-format.ts";

export const FORMATS: readonly SourceFormat[] = [chexpert, nihChestXray14, mimicCxr];

/** What a CSV file is to its format: rows of films, or labels of studies. */
export type FileRole = { readonly format: SourceFormat; readonly holds: "films" | "labels" };

const hasAll = (header: readonly string[], names: readonly string[]): boolean =>
  names.every((name) => header.includes(name));

/** By the file's first row alone, never by its name. */
export function roleOf(header: readonly string[]): FileRole | undefined {
  for (const format of FORMATS) {
    if (hasAll(header, format.signature)) return { format, holds: "films" };
    if (format.labels && hasAll(header, format.labels.signature)) return { format, holds: "labels" };
  }
  return undefined;
}

/** What is known of a data set by its file's first row and the first folders of its paths. */
export const knownSource = (header: readonly string[], folder: string): Source | undefined =>
  roleOf(header)?.format.known.find((one) => one.folder.test(folder))?.source;
