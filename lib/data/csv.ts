import { StringDecoder } from "node:string_decoder";
import { InputError } from "../domain/errors.ts";
import { type Aliases, renamed } from "./column-names.ts";
import { gunzip } from "./gunzip.ts";

/** A row as the file has it; `line` is where it starts, the header being line 1. */
export interface CsvRow {
  readonly line: number;
  /** Cells of the columns asked for, in the order in which they were. */
  readonly cells: readonly string[];
}

export interface CsvOptions {
  readonly aliases?: Aliases | undefined;
  /** A column that a file may have or not: its cell comes after the others, or there is none. */
  readonly optional?: string | undefined;
  readonly describe?: ((cells: number, expected: number) => string) | undefined;
}

/** Far above any row of such a file: one endless line must not fill the memory. */
const LONGEST_ROW = 64 * 1024;

/**
 * Rows of a CSV file, gzipped or not (RFC 4180; a byte-order mark, CRLF, quoted commas and line breaks are fine; blank lines are not
 * rows). Columns are found by name, in any order, whatever its case and spaces, or by one of its aliases; others than those
 * asked for are passed over. Holds no more of the file than a piece and a row.
 * @param file name for messages
 * @param onRow told each row in turn; what it throws ends the reading
 * @param options `describe` adds to the message about a row of the wrong length
 * @throws InputError `csv` naming file, line and what was expected
 */
export async function readCsv(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
  columns: readonly string[],
  onRow: (row: CsvRow) => void,
  options: CsvOptions = {},
): Promise<void> {
  const rows = new RowReader(file, columns, onRow, options);
  let rest = "";
  for await (const text of decode(gunzip(file, pieces))) rest = rows.read(rest + text, false);
  rows.read(rest, true);
  rows.requireHeader();
}

/** The names in a file's first row. Reads no further. */
export async function readCsvHeader(file: string, pieces: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  let text = "";
  for await (const piece of decode(gunzip(file, pieces))) {
    text += piece;
    if (text.includes("\n") || text.length > LONGEST_ROW) break;
  }
  const line = text.split("\n", 1)[0]!;
  return line.includes('"') ? quotedRecord(line, 0, true, refuser(file, 1))!.cells : plainCells(line);
}

/** An error about one line of a file. */
export const fault = (file: string, line: number, what: string, options?: ErrorOptions): InputError =>
  new InputError("csv", `${file} line ${line}: ${what}`, options);

/** The text, less its byte-order mark. */
async function* decode(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // Unlike TextDecoder it makes strings of one byte a character where it can, at a third of the time.
  const decoder = new StringDecoder("utf8");
  let isFirst = true;
  for await (const piece of pieces) {
    const text = decoder.write(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    if (text === "") continue;
    yield isFirst && text.startsWith("\ufeff") ? text.slice(1) : text;
    isFirst = false;
  }
  yield decoder.end();
}

type Refuse = (what: keyof typeof FAULTS) => Error;
const refuser =
  (file: string, line: number): Refuse =>
  (what) =>
    fault(file, line, FAULTS[what]);

const FAULTS = {
  tooLong: `a row of more than ${LONGEST_ROW / 1024} KiB, expected a short line`,
  open: "a quote is opened and never closed, expected one at the end of the cell",
  afterQuote: "text follows a closing quote, expected a comma",
  inside: "a quote stands inside a cell, expected the whole cell in quotes",
  returns: "lines end with a carriage return alone, expected a line feed",
} as const;

class RowReader {
  private line = 1;
  private header: readonly string[] | undefined;
  /** Columns without a name at the end, which rows may have or not (NIH ChestX-ray14 writes a comma there). */
  private spare = 0;
  /** Place in the file of each column asked for. */
  private picked: readonly number[] = [];
  /** Whether they are the file's columns, in its order. */
  private isWhole = false;
  private readonly file: string;
  private readonly columns: readonly string[];
  private readonly onRow: (row: CsvRow) => void;
  private readonly options: CsvOptions;

  constructor(file: string, columns: readonly string[], onRow: (row: CsvRow) => void, options: CsvOptions) {
    this.file = file;
    this.columns = columns;
    this.onRow = onRow;
    this.options = options;
  }

  private pick(header: readonly string[]): readonly number[] {
    const { aliases, optional } = this.options;
    const found = findColumns(this.file, this.line, renamed(header, this.columns, aliases), this.columns);
    const more = optional === undefined ? -1 : header.indexOf(optional);
    return more < 0 ? found : [...found, more];
  }

  /** Takes the whole rows that `text` starts with. @returns what is left of it: the beginning of a row */
  read(text: string, isLast: boolean): string {
    let at = 0;
    let quote = nextQuote(text, 0);
    while (at < text.length) {
      const newline = text.indexOf("\n", at);
      const end = newline < 0 ? text.length : newline;
      if (quote < end) {
        const record = quotedRecord(text, at, isLast, refuser(this.file, this.line));
        if (record === undefined) break;
        this.take(record.cells, record.next - at);
        this.line += lineBreaks(text, at, record.next);
        at = record.next;
        quote = nextQuote(text, at);
        continue;
      }
      if (newline < 0 && !isLast) break;
      if (end > at && !(end === at + 1 && text[at] === "\r")) this.take(plainCells(text.slice(at, end)), end - at);
      this.line += 1;
      at = end + 1;
    }
    const rest = text.slice(at);
    if (rest.length > LONGEST_ROW) throw this.refuse(this.isUnbroken(rest) ? "returns" : "tooLong");
    return rest;
  }

  requireHeader(): void {
    if (this.header !== undefined) return;
    throw fault(this.file, 1, `the file is empty, expected a header with ${this.columns.join(",")}`);
  }

  private refuse(what: keyof typeof FAULTS): Error {
    return refuser(this.file, this.line)(what);
  }

  /** Whether a file is one line because its line breaks are none. */
  private isUnbroken(row: string): boolean {
    return this.header === undefined && /\r[^\n]/.test(row);
  }

  private take(cells: readonly string[], length: number): void {
    if (length > LONGEST_ROW) throw this.refuse("tooLong");
    if (this.header === undefined) {
      if (cells.some((cell) => this.isUnbroken(cell))) throw this.refuse("returns");
      const blank = cells.length - 1 - cells.findLastIndex((cell) => cell !== "");
      this.header = cells.slice(0, cells.length - blank);
      this.spare = blank;
      this.picked = this.pick(cells);
      this.isWhole = cells.length === this.picked.length && this.picked.every((column, i) => column === i);
      return;
    }
    if (cells.length < this.header.length || cells.length > this.header.length + this.spare) {
      const more = this.options.describe?.(cells.length, this.header.length) ?? "";
      throw fault(this.file, this.line, `${cells.length} cells, expected ${this.header.length}${more}`);
    }
    this.onRow({ line: this.line, cells: this.isWhole ? cells : this.picked.map((column) => cells[column]!) });
  }
}

/** A few digits, perhaps with a unit: no name, no number of a patient, no day of birth. */
const SAYS_NOTHING = /^[-+.,\d]{0,5}[A-Za-z]?$/;

/** A cell as a message may show it that is logged: what could tell of a patient is not in it; file and line find it. */
export const shownCell = (text: string): string =>
  SAYS_NOTHING.test(text) ? JSON.stringify(text) : `a text of ${text.length} characters`;

/** A cell as a message on somebody's own screen shows it, cut short. */
export const quote = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

function nextQuote(text: string, from: number): number {
  const at = text.indexOf('"', from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

/** The cells of a line that holds no quote. */
const plainCells = (line: string): string[] => (line.endsWith("\r") ? line.slice(0, -1) : line).split(",");

/** The record that starts at `at`. @returns undefined where the text ends before it does and more is to come */
function quotedRecord(text: string, start: number, isLast: boolean, refuse: Refuse) {
  const cells: string[] = [];
  let at = start;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at, isLast, refuse) : bareCell(text, at, isLast, refuse);
    if (cell === undefined) return undefined;
    cells.push(cell.text);
    at = cell.end;
    if (at >= text.length) return { cells, next: at };
    if (text[at] === "\n") return { cells, next: at + 1 };
    if (text[at] !== ",") {
      if (at + 1 >= text.length && !isLast) return undefined;
      if (text[at] !== "\r" || (text[at + 1] !== "\n" && at + 1 < text.length)) throw refuse("afterQuote");
      return { cells, next: Math.min(at + 2, text.length) };
    }
    at += 1;
  }
}

interface Cell {
  readonly text: string;
  /** Where what follows it starts. */
  readonly end: number;
}

function quotedCell(text: string, start: number, isLast: boolean, refuse: Refuse): Cell | undefined {
  let cell = "";
  let from = start + 1;
  for (;;) {
    const close = text.indexOf('"', from);
    if (close < 0 && isLast) throw refuse("open");
    // A quote at the very end may be the first of two.
    if (close < 0 || (close + 1 === text.length && !isLast)) return undefined;
    cell += text.slice(from, close);
    if (text[close + 1] !== '"') return { text: cell, end: close + 1 };
    cell += '"';
    from = close + 2;
  }
}

function bareCell(text: string, start: number, isLast: boolean, refuse: Refuse): Cell | undefined {
  let end = start;
  while (end < text.length && text[end] !== "," && text[end] !== "\n") {
    if (text[end] === '"') throw refuse("inside");
    end += 1;
  }
  if (end === text.length && !isLast) return undefined;
  const cell = text.slice(start, end);
  const isAtLineEnd = text[end] !== ",";
  return { text: isAtLineEnd && cell.endsWith("\r") ? cell.slice(0, -1) : cell, end };
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}

function findColumns(file: string, line: number, header: readonly string[], columns: readonly string[]): number[] {
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    const which =
      missing.length === 1 ? `column ${missing[0]} is missing` : `columns ${missing.join(", ")} are missing`;
    throw fault(file, line, `${which}, expected ${columns.join(",")}`);
  }
  const twice = columns.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (twice !== undefined) throw fault(file, line, `column ${twice} stands there twice, expected it once`);
  return columns.map((name) => header.indexOf(name));
}
