import type { Source } from "../../contracts/provenance.ts";
import type { Aliases } from "../column-names.ts";
import type { CsvRow } from "../csv.ts";
import type { FilmOrigin } from "../film-path.ts";

/** A row of a data set in the terms of this project. What a source never labels is NOT_LABELLED, neither 0 nor BLANK. */
export interface FilmRow extends FilmOrigin {
  readonly line: number;
  /** As the source names the film. */
  readonly path: string;
  readonly sex: string;
  /** Years, or UNKNOWN_AGE. */
  readonly age: number;
  /** `frontal`, `lateral`, or what else the source says; only the first two are ever used. */
  readonly view: string;
  readonly projection: string;
  /** 1, 0, -1, BLANK or NOT_LABELLED for each observation. */
  readonly labels: readonly number[];
  /** Pseudonym of the reader who sent it to the service; left out where nobody did. */
  readonly reader?: string;
  /** The part that the data set's own division puts it in, where a cell says so: `train`, `valid` or `test`. */
  readonly division?: string | null;
}

/** Labels of a study that stand in a file of their own, by studyKey. */
export type StudyLabels = ReadonlyMap<string, readonly number[]>;

/** How one kind of data set writes its films and labels down. A new kind is one more of these in formats.ts. */
export interface SourceFormat {
  readonly name: string;
  /** The columns that are read; a file that has `signature`, some of them, or all by whatever name, is of this kind. */
  readonly columns: readonly string[];
  readonly aliases?: Aliases;
  /** A column that a file may have besides; its cell comes last. */
  readonly optional?: string;
  readonly signature: readonly string[];
  /** Columns by which a file that has the signature is another labeller's of the same films, and none of this kind. */
  readonly others?: readonly string[];
  /** A second file in the same folder, with the labels of studies. */
  readonly labels?: {
    readonly columns: readonly string[];
    readonly aliases?: Aliases;
    readonly signature: readonly string[];
    /** Part of the name of the file that is meant where several have such columns. */
    readonly named: string;
    /** @throws InputError `csv` */
    parse(file: string, row: CsvRow): readonly [study: string, labels: readonly number[]];
  };
  /** @throws InputError `csv` */
  parse(file: string, row: CsvRow, labels: StudyLabels): FilmRow;
  /** What comes of all rows of a file, where several may be of one film. @throws InputError `csv` */
  readonly finish?: (file: string, rows: readonly FilmRow[]) => readonly FilmRow[];
  /** The file's own columns by what they were taken for, where that was not known before. */
  readonly reads?: Readonly<Record<string, string>>;
  /** Adds to the message about a row of the wrong length. */
  readonly describe?: (cells: number, expected: number) => string;
  /** What is known of the data sets that are written so, by the first folders of their paths. */
  readonly known: readonly { readonly folder: RegExp; readonly source: Source }[];
  /** How many of the first folders that all of a file's paths share need not be there, of a path; all where left out. */
  readonly spareFolders?: (path: string) => number;
  /** Name of what the data set is published in that has this film, where it is published in parts; no patient's. */
  readonly archiveOf?: (path: string) => string;
}

/** The same patient's number in another study is another key. */
export const studyKey = (patient: string, study: string): string => `${patient}\n${study}`;
