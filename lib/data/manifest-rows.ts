import { InputError } from "../domain/errors.ts";
import { OBSERVATIONS } from "../domain/observations.ts";
import { recordOf } from "../domain/record-of.ts";
import { fault } from "./csv.ts";
import type { Manifest } from "./film-columns.ts";
import { GrowingArray } from "./growing-array.ts";
import type { FilmRow } from "./sources/source-format.ts";

/** A manifest in the making: columns, not rows, since a large data set has more than 200,000 of them. */
export class ManifestRows {
  private readonly text = {
    file: [] as string[],
    path: [] as string[],
    film: [] as string[],
    duplicateOf: [] as (string | null)[],
    source: [] as string[],
    patient: [] as string[],
    study: [] as string[],
    view: [] as string[],
    projection: [] as string[],
    sex: [] as string[],
    division: [] as (string | null)[],
    reader: [] as (string | null)[],
  };
  private readonly lines = new GrowingArray((length) => new Uint32Array(length));
  private readonly ages = new GrowingArray((length) => new Int16Array(length));
  private readonly labels = OBSERVATIONS.map(() => new GrowingArray((length) => new Int8Array(length)));
  /** By folder and path. */
  private readonly firstByPath = new Map<string, number>();
  /** One string for each text that many rows share. */
  private readonly shared = new Map<string, string>();

  get length(): number {
    return this.lines.length;
  }

  /** Paths of rows as their file has them. */
  paths(first: number, end: number): readonly string[] {
    return this.text.path.slice(first, end);
  }

  /** Where a row stands, for messages. */
  place(row: number): string {
    return `${this.text.file[row]} line ${this.lines.at(row)}`;
  }

  /** Whether a row repeats an earlier one. */
  isRepeated(row: number): boolean {
    return this.text.duplicateOf[row] !== null;
  }

  /**
   * @param folder of the file; one source's patient is never another's, nor are films of the same name the same
   * @throws InputError `csv` where the row says otherwise of a film than an earlier one
   */
  add(file: string, folder: string, row: FilmRow): void {
    const { text } = this;
    const name = folder === "" ? row.path : `${folder}/${row.path}`;
    const first = this.firstByPath.get(name);
    if (first === undefined) this.firstByPath.set(name, this.length);
    const origin = first === undefined ? null : `${text.file[first]} line ${this.lines.at(first)}`;
    if (first !== undefined && row.labels.some((label, k) => label !== this.labels[k]!.at(first))) {
      throw fault(file, row.line, `the film of ${origin} with other labels, expected each film once`);
    }
    text.file.push(file);
    text.path.push(row.path);
    text.film.push(row.path);
    text.duplicateOf.push(origin);
    text.source.push(this.share(folder === "" ? row.source : `${folder}/${row.source}`));
    text.patient.push(this.share(row.patient));
    text.study.push(this.share(row.study));
    text.view.push(row.view);
    text.projection.push(row.projection);
    text.sex.push(row.sex);
    text.division.push(row.division ?? null);
    text.reader.push(row.reader === undefined ? null : this.share(row.reader));
    this.lines.push(row.line);
    this.ages.push(row.age);
    for (let k = 0; k < this.labels.length; k += 1) this.labels[k]!.push(row.labels[k]!);
  }

  /** Says where the films of all rows lie, or would. */
  placeFilms(films: readonly string[]): void {
    this.text.film = [...films];
  }

  /** @throws InputError `csv` where there is no row */
  requireSome(files: readonly string[]): void {
    if (this.length === 0) throw new InputError("csv", `${files.join(", ")}: no rows, expected one a film`);
  }

  manifest(): Manifest {
    return {
      ...this.text,
      line: this.lines.finish(),
      age: this.ages.finish(),
      ...recordOf(OBSERVATIONS, (_, k) => this.labels[k]!.finish()),
    } as unknown as Manifest;
  }

  private share(text: string): string {
    const known = this.shared.get(text);
    if (known !== undefined) return known;
    this.shared.set(text, text);
    return text;
  }
}
