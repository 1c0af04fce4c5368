import type { ColumnMapping } from "../contracts/column-mapping.ts";
import { InputError } from "../domain/errors.ts";
import { readCsv, readCsvHeader } from "./csv.ts";
import type { ManifestRows } from "./manifest-rows.ts";
import { type FileRole, roleOf, unknownForm } from "./sources/formats.ts";
import type { FilmRow, SourceFormat, StudyLabels } from "./sources/source-format.ts";

/** A CSV file wherever it lies. */
export interface CsvFile {
  readonly name: string;
  /** Names the source that it belongs to, where there are several; "" otherwise. */
  readonly folder: string;
  /** What its columns are, where somebody says so. */
  readonly mapping?: ColumnMapping | undefined;
  stream(): AsyncIterable<Uint8Array>;
}

/** A file of films that was read, and its rows. */
export interface ReadFile {
  readonly file: CsvFile;
  readonly format: SourceFormat;
  readonly first: { readonly row: number; readonly count: number };
}

/** Rows of all files of films, in the files' order. @throws InputError `csv` */
export async function readSources(rows: ManifestRows, files: readonly CsvFile[]): Promise<ReadFile[]> {
  const known: { file: CsvFile; role: FileRole }[] = [];
  for (const file of files) known.push({ file, role: await roleOfFile(file) });
  const read: ReadFile[] = [];
  for (const { file, role } of known) {
    if (role.holds === "labels") continue;
    const { format } = role;
    const labels = await labelsFor(file, format, known);
    const row = rows.length;
    const found: FilmRow[] = [];
    const add = (film: FilmRow) => rows.add(file.name, file.folder, film);
    const take = format.finish === undefined ? add : (film: FilmRow) => found.push(film);
    await readCsv(
      file.name,
      file.stream(),
      format.columns,
      (cells) => take(format.parse(file.name, cells, labels)),
      format,
    );
    for (const film of format.finish?.(file.name, found) ?? []) add(film);
    read.push({ file, format, first: { row, count: rows.length - row } });
  }
  rows.requireSome(files.map(({ name }) => name));
  return read;
}

async function roleOfFile({ name, mapping, stream }: CsvFile): Promise<FileRole> {
  const header = await readCsvHeader(name, stream());
  const role = roleOf(header, mapping);
  if (role === undefined) throw unknownForm(name, header, mapping);
  return role;
}

async function labelsFor(
  { name, folder }: CsvFile,
  { labels, name: kind }: SourceFormat,
  known: readonly { readonly file: CsvFile; readonly role: FileRole }[],
): Promise<StudyLabels> {
  const found = new Map<string, readonly number[]>();
  if (labels === undefined) return found;
  const all = known.filter(
    ({ file, role }) => role.holds === "labels" && role.format.labels === labels && file.folder === folder,
  );
  const meant = all.filter(({ file }) => file.name.includes(labels.named));
  const files = meant.length === 1 ? meant : all;
  if (files.length !== 1) {
    const has =
      files.length === 0 ? "no file" : `${files.map(({ file }) => file.name).join(" and ")}, ${files.length} files`;
    throw new InputError("csv", `${name}: ${has} with the labels of ${kind} beside it, expected one`);
  }
  const { file } = files[0]!;
  await readCsv(file.name, file.stream(), labels.columns, (row) => found.set(...labels.parse(file.name, row)), labels);
  return found;
}
