import { Readable } from "node:stream";
import { type CsvError, parse } from "csv-parse";
import { InputError } from "../domain/errors.ts";

/** A row as the file has it; `line` is where it starts, the header being line 1. */
export interface CsvRow {
  readonly line: number;
  /** Cells of the columns asked for, in the order in which they were. */
  readonly cells: readonly string[];
}

/** Far above any row of such a file: one endless line must not fill the memory. */
const LONGEST_ROW_BYTES = 64 * 1024;

/**
 * Rows of a CSV file (RFC 4180; a byte-order mark, CRLF, quoted commas and line breaks are fine; blank lines are not
 * rows). Columns are found by name, in any order; others than those asked for are passed over.
 * @param file name for messages
 * @param describe adds to the message about a row of the wrong length
 * @throws InputError `csv` naming file, line and what was expected
 */
export async function* readCsv(
  file: string,
  pieces: AsyncIterable<Uint8Array>,
  columns: readonly string[],
  describe: (cells: number, expected: number) => string = () => "",
): AsyncGenerator<CsvRow> {
  // Counted as the parser goes, since rows read before an error are lost with it.
  let line = 1;
  const withLine = (cells: string[]): CsvRow => {
    const start = line;
    line += 1 + lineBreaksIn(cells);
    return { line: start, cells };
  };
  const parser = parse({
    bom: true,
    relax_column_count: true,
    max_record_size: LONGEST_ROW_BYTES,
    on_record: withLine as never,
  });
  const source = Readable.from(pieces);
  source.on("error", (error) => parser.destroy(error)).pipe(parser);
  let header: readonly string[] | undefined;
  let picked: readonly number[] = [];
  try {
    for await (const { line: start, cells } of parser as AsyncIterable<CsvRow>) {
      if (cells.length === 1 && cells[0] === "") continue;
      if (header === undefined) {
        header = cells;
        picked = findColumns(file, start, cells, columns);
        continue;
      }
      if (cells.length !== header.length) {
        const more = describe(cells.length, header.length);
        throw fault(file, start, `${cells.length} cells, expected ${header.length}${more}`);
      }
      yield { line: start, cells: picked.map((column) => cells[column]!) };
    }
  } catch (error) {
    throw explain(file, line, error);
  } finally {
    source.destroy();
  }
  if (header === undefined) throw fault(file, 1, `the file is empty, expected a header with ${columns.join(",")}`);
}

/** An error about one line of a file. */
export const fault = (file: string, line: number, what: string, options?: ErrorOptions): InputError =>
  new InputError("csv", `${file} line ${line}: ${what}`, options);

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

/** Line breaks inside quoted cells. */
const lineBreaksIn = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);

const FAULTS: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `a row of more than ${LONGEST_ROW_BYTES / 1024} KiB, expected a short line`,
  CSV_QUOTE_NOT_CLOSED: "a quote is opened and never closed, expected one at the end of the cell",
  CSV_INVALID_CLOSING_QUOTE: "text follows a closing quote, expected a comma",
  INVALID_OPENING_QUOTE: "a quote stands inside a cell, expected the whole cell in quotes",
};

function explain(file: string, line: number, error: unknown): unknown {
  const what = FAULTS[(error as CsvError).code];
  return what === undefined ? error : fault(file, line, what, { cause: error });
}
